"""The claims of LCPVAE, on utterances that no encoder was trained on: which sounds are made, and which checks look at them.

recordings ─┬─ part "recogniser" ─→ the judge of styles, phones that tell languages apart
            ├─ posteriors ─→ do styles lie together, whatever the language and the speaker?
            └─ test texts ─┬─ in voices that never spoke their language, in every style    beside a plain VAE and one without style loss
                           ├─ in their own voice and style
                           └─ ours at several strengths, and between two styles

The roles are read off the models' own configurations; a baseline of the same training seed is preferred.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from tts.config.load import load_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import PAUSES, Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import Check, Judged, Places, above_zero, at_least, at_most, between, stated
from tts.evaluation.claims.evidence import UNSEEN_PART, speakers_in_turn
from tts.evaluation.claims.phonotactics import Phonotactics
from tts.evaluation.claims.probe import MARGIN as PROBE_MARGIN
from tts.evaluation.claims.structure import Latent, retrieval, silhouette, within_styles
from tts.evaluation.claims.style_drawing import draw_latents
from tts.evaluation.claims.style_work import BLEND, CROSS, OWN, STRENGTH, Heard, Recorded, Spoken, StyleModels, StyleSystems, StyleTask, encode, listen, speak
from tts.evaluation.claims.styles import MEASURES, UNITS, Example, StyleJudge
from tts.evaluation.claims.work import in_processes
from tts.evaluation.figure import Figure, combine, mean_of, pooled, ratio_of
from tts.features.speaker import centroid
from tts.training.health import latent_health

OURS, PLAIN, VAE = "lcpvae", "without style loss", "plain VAE"
NEUTRAL = "neutral"
REFERENCES = 150  # training recordings, at most, that say how voices sound and what styles do
MOST_PAIRS = 40  # of a text and a voice that never spoke its language; each is spoken in every style
MOST_CONTROL = 6  # texts that are spoken at several strengths and in blends
STRENGTHS, SHARES = (0.0, 0.5, 1.0, 1.5), (0.0, 0.25, 0.5, 0.75, 1.0)
NEAR_ZERO = 0.1  # of a silhouette
ACCURACY_MARGIN, LIKENESS_MARGIN, GAMED = 0.02, 0.02, 0.10


@dataclass(frozen=True)
class StyleEvidence:
    """Everything that the checks look at. latents: by role; copies: whether the judge takes a copy's style for the recording's."""

    roles: tuple[str, ...]
    styles: tuple[str, ...]
    judge: StyleJudge
    languages: Phonotactics
    recorded: dict[str, Recorded]  # test recordings
    references: tuple[Recorded, ...]  # training recordings
    latents: dict[str, list[Latent]]
    spoken: tuple[Spoken, ...]
    voices: dict[str, np.ndarray]  # speaker vectors

    def of(self, role: str, kind: str) -> list[Spoken]:
        return [s for s in self.spoken if s.role == role and s.kind == kind]

    def by_role(self, kind: str) -> dict[str, list[Spoken]]:
        """The sounds of a kind by the roles that made any: a model that is hardly trained may make nothing that has a voice in it."""
        return {role: found for role in self.roles if (found := self.of(role, kind))}


@dataclass(frozen=True)
class Parts:
    """Utterances of the corpus: to judge, to learn voices from, to fit the judge on (`unseen_part` says which these are), and phones by
    language of the training texts."""

    test: tuple[Utterance, ...]
    references: tuple[Utterance, ...]
    unseen: tuple[Utterance, ...]
    unseen_part: str
    texts: tuple[tuple[str, tuple[str, ...]], ...]


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder."""
    opener = open_roles(places, model)
    systems, parts = opener.open(), read_parts(places)
    recorded, failures = listen_all(open_roles(places, places.models[0]), parts, places.jobs)
    judge = fit_judge(parts, recorded)
    tasks = plan(systems, parts.test)
    spoken, failed = in_processes(speak, opener, tasks, places.jobs, "speaking")
    encoded = [u for u in (*parts.test, *parts.unseen) if u.id in recorded]
    references = tuple(recorded[u.id] for u in parts.references if u.id in recorded)
    evidence = StyleEvidence(
        tuple(systems.synthesizers), systems.ours.loaded.names.styles, judge, Phonotactics(parts.texts),
        {u.id: recorded[u.id] for u in parts.test if u.id in recorded}, references,
        {role: encode(systems, role, encoded) for role in systems.synthesizers}, tuple(spoken),
        voices_of(references))
    checks = [check for group in (structure_checks, cross_checks, distance_checks, kept_checks, gamed_checks, control_checks) for check in group(evidence)]
    checks += prior_checks(systems, evidence)
    return Judged(checks, rows_of(evidence), facts_of(systems, evidence, parts), failures | failed,
                  {"latents": draw_latents({role: evidence.latents[role] for role in evidence.roles})})


# -- what there is -----------------------------------------------------------------------------------------------------


def open_roles(places: Places, model: Path) -> StyleModels:
    """The model and, of those to compare with, one of each other role."""
    seed, found = _seed(model), {}
    for folder in sorted(places.baselines, key=lambda path: _seed(path) != seed):
        found.setdefault(role_of(folder), folder)
    if OURS in found:
        raise UserError(f"{found[OURS]}: has a style loss as {model} has, so it is no baseline; expected models with lcpvae.style_loss none")
    others = [(role, found[role]) for role in (PLAIN, VAE) if role in found and (role != PLAIN or role_of(model) == OURS)]
    kept = [folder if folder is not None and (folder / "model.safetensors").is_file() else None for folder in (places.recogniser, places.style_classifier)]
    return StyleModels(((OURS, model), *others), places.manifest, places.audio_root, places.features, *kept)


def role_of(folder: Path) -> str:
    """What a model is, by its own configuration."""
    if not (folder / "config.yaml").is_file():
        raise UserError(f"{folder}: not a trained model (no config.yaml); train it first, or leave it out")
    settings = load_config(Recipe, [folder / "config.yaml"]).lcpvae
    return VAE if settings.prior == "normal" else PLAIN if settings.style_loss == "none" else OURS


def _seed(folder: Path) -> int | None:
    card = folder / "card.json"
    return json.loads(card.read_text(encoding="utf-8")).get("seed") if card.is_file() else None


def read_parts(places: Places) -> Parts:
    """The corpus's utterances. A corpus without a part that voices never see has its judge fitted on the part that watched the training."""
    found, texts = defaultdict(list), []
    for utterance in read_manifest(places.manifest):
        found[utterance.split].append(utterance)
        if utterance.split == "train":
            texts.append((utterance.language, tuple(p.symbol for p in utterance.phones if p.symbol not in PAUSES)))
    if not found[places.split]:
        raise UserError(f"{places.manifest}: no utterance has split {places.split!r}; split the corpus (tts corpus split), or name another --split")
    part = UNSEEN_PART if found[UNSEEN_PART] else "dev"
    if len({u.style for u in found[part]}) < 2:
        raise UserError(f"{places.manifest}: the part {part!r} has fewer than two styles, so there is nothing to fit the judge of styles on; expected "
                        "recordings of all styles in it")
    test, references = speakers_in_turn(found[places.split], places.limit), speakers_in_turn(found["train"], REFERENCES)
    return Parts(tuple(test), tuple(references), tuple(found[part]), part, tuple(texts))


_RECORDED: dict[tuple, tuple[dict[str, Recorded], dict[str, str]]] = {}


def listen_all(opener: StyleModels, parts: Parts, jobs: int) -> tuple[dict[str, Recorded], dict[str, str]]:
    """All recordings listened to, by id, and failures; once for the models of all seeds."""
    wanted = {u.id: u for u in (*parts.test, *parts.references, *parts.unseen)}
    key = (opener, tuple(wanted))
    if key not in _RECORDED:
        found, failures = in_processes(listen, opener, list(wanted.values()), jobs, "listening to recordings")
        _RECORDED[key] = {item.utterance.id: item for item in found}, failures
    return _RECORDED[key]


def fit_judge(parts: Parts, recorded: dict[str, Recorded]) -> StyleJudge:
    """The judge of styles, from recordings that no voice saw and from their copies."""
    unseen = [recorded[u.id] for u in parts.unseen if u.id in recorded]
    return StyleJudge([Example(r.utterance.speaker, r.utterance.style, heard.numbers.all) for r in unseen for heard in (r, r.copy)])


def voices_of(references: Iterable[Recorded]) -> dict[str, np.ndarray]:
    """Every voice's vector: the mean direction of its training recordings."""
    vectors = defaultdict(list)
    for item in references:
        vectors[item.utterance.speaker].append(item.vector)
    return {name: centroid(own) for name, own in vectors.items()}


# -- what is spoken ----------------------------------------------------------------------------------------------------


def plan(systems: StyleSystems, test: tuple[Utterance, ...]) -> list[StyleTask]:
    """All sounds to make."""
    ours, styles = systems.ours, systems.ours.styles
    own = [u for u in test if u.speaker in ours.voices]
    tasks = []
    for role in systems.synthesizers:
        tasks += [StyleTask(role, CROSS, u, voice, style) for u, voice in foreign_pairs(systems, test) for style in styles]
        tasks += [StyleTask(role, OWN, u, u.speaker, u.style) for u in own if u.style in styles]
    moved = [style for style in styles if style.casefold() != NEUTRAL]
    texts = own[:: max(1, len(own) // MOST_CONTROL)][:MOST_CONTROL]
    for u in texts:
        tasks += [StyleTask(OURS, STRENGTH, u, u.speaker, style, strength) for style in moved for strength in STRENGTHS]
        tasks += [StyleTask(OURS, BLEND, u, u.speaker, blend(a, b, share)) for a, b in zip(moved[::2], moved[1::2]) for share in SHARES]
    return tasks


def foreign_pairs(systems: StyleSystems, test: tuple[Utterance, ...]) -> list[tuple[Utterance, str]]:
    """Texts with voices that never spoke their language, evenly thinned out; a text that several people read counts once."""
    speakers = systems.ours.loaded.speakers
    texts = {(u.language, u.text): u for u in reversed(test)}
    pairs = [(u, voice) for u in reversed(texts.values()) for voice in systems.ours.voices if u.language not in speakers[voice].get("languages", {})]
    count = min(len(pairs), MOST_PAIRS)
    return [pairs[i * len(pairs) // count] for i in range(count)]


def blend(a: str, b: str, share: float) -> str:
    return f"{a}={share:g},{b}={1 - share:g}"


# -- structure ---------------------------------------------------------------------------------------------------------


def structure_checks(evidence: StyleEvidence) -> list[Check]:
    """Do styles lie together, languages and speakers apart?"""
    ours, theirs = evidence.latents[OURS], evidence.latents.get(VAE)
    by_style, by_language, found = silhouette(ours, "style"), silhouette(ours, "language"), retrieval(ours)
    chance = mean_of((item.id, _share(ours, item)) for item in ours)
    beside = {"plain VAE": silhouette(theirs, "style")} if theirs else {}
    missing = "no plain VAE was given (--baseline)"
    group, cosine = "structure", "of posterior means of recordings not trained on, cosine distance"
    checks = [
        Check(group, "silhouette by style above the plain VAE's", f"silhouette with styles as labels {cosine}, minus the plain VAE's", "r", above_zero(),
              by_style - beside["plain VAE"] if beside else None, missing, {"ours": by_style, **beside}),
        Check(group, "silhouette by language near 0", f"silhouette with languages as labels {cosine}", "r",
              between(-NEAR_ZERO, NEAR_ZERO, "−0.1 to 0.1"), by_language, "", {"plain VAE": silhouette(theirs, "language")} if theirs else {}),
        Check(group, "silhouette by style above that by language", "the first minus the second", "r", above_zero(), by_style - by_language),
        Check(group, "same style retrieved across languages, above chance", "share of the 10 nearest latents of the other language with the same "
              "style, minus what drawing at random gives", "%", above_zero(), found - chance, "nothing in another language", {"share": found, "chance": chance}),
        Check(group, "same style retrieved across languages, above the plain VAE", "the share minus the plain VAE's", "%", above_zero(),
              found - retrieval(theirs) if theirs else None, missing, {"plain VAE": retrieval(theirs)} if theirs else {}),
    ]
    for label in ("language", "speaker"):
        drawn, means = within_styles(ours, label, drawn=True), within_styles(ours, label, drawn=False)
        vae = within_styles(theirs, label, drawn=True) if theirs else None
        beside = {} if drawn is None else {"accuracy": drawn[1], "above chance, on means": means[0]} | ({"above chance, plain VAE": vae[0]} if vae else {})
        checks.append(Check(group, f"{label} not told within a style", f"balanced accuracy of a probe for the {label} among utterances of one style, on "
                            "latents as they are drawn, minus chance; mean over styles", "%", at_most(PROBE_MARGIN, "≤ 10 points"),
                            drawn[0] if drawn else None, f"fewer than two {label}s with enough utterances of a style", beside))
    return checks


def _share(latents: list[Latent], item: Latent) -> float:
    """Of the latents in other languages, how many have the item's style."""
    foreign = [other for other in latents if other.language != item.language]
    return sum(other.style == item.style for other in foreign) / len(foreign) if foreign else float("nan")


@torch.inference_mode()
def prior_checks(systems: StyleSystems, evidence: StyleEvidence) -> list[Check]:
    """Is the learned prior used?"""
    model, ids = systems.ours.loaded.model, tuple(evidence.recorded)
    latents = evidence.latents[OURS]
    health = latent_health("style", torch.from_numpy(np.stack([x.mean for x in latents])),
                           torch.from_numpy(2 * np.log(np.stack([x.deviation for x in latents]))))
    checks = [Check("prior", "active units", "dimensions whose posterior means vary by more than 0.01", "dimensions", at_least(1, "> 0"),
                    _constant(ids, health.active_units), note=health.sentence)]
    if model.prior is None:
        return checks
    every = torch.arange(model.prior.styles)
    found = model.prior(every)
    apart = torch.pdist(found.mean).min().item() / torch.exp(0.5 * found.log_variance).mean().item()
    told = (model.prior.tell(found.mean).argmax(1) == every).float().mean().item()
    kl = mean_of((item.id, value) for item, value in zip(latents, _kl(systems, latents)))
    return [
        *checks,
        Check("prior", "posteriors differ from their priors", "KL of posteriors to the priors of their styles", "nats", above_zero(), kl),
        Check("prior", "styles lie apart", "smallest distance between two styles' prior means over the mean deviation", "x", at_least(1.0, "> 1"),
              _constant(ids, apart)),
        Check("prior", "styles are told from it", "share of styles that the secondary decoder tells from the prior's mean", "%", at_least(1.0, "100 %"),
              _constant(ids, told)),
    ]


def _kl(systems: StyleSystems, latents: list[Latent]) -> list[float]:
    """KL of each posterior to its style's prior, in nats."""
    loaded = systems.ours.loaded
    prior = loaded.model.prior(torch.tensor([loaded.names.styles.index(item.style) for item in latents]))
    mean, log_variance = (torch.from_numpy(np.stack(x)).float() for x in zip(*((i.mean, 2 * np.log(i.deviation)) for i in latents)))
    nats = 0.5 * (prior.log_variance - log_variance + (log_variance.exp() + (mean - prior.mean).square()) / prior.log_variance.exp() - 1)
    return nats.sum(1).tolist()


def _constant(ids: tuple[str, ...], value: float) -> Figure:
    return Figure(ids, lambda counts: np.full(len(counts), float(value)))


# -- styles in another language ----------------------------------------------------------------------------------------


def cross_checks(evidence: StyleEvidence) -> list[Check]:
    """Voices in a language that they never spoke, in every style: does the judge hear it?"""
    group, heard = "other language", evidence.by_role(CROSS)
    if OURS not in heard:
        return [Check(group, "style heard", "", "%", stated(), None, "nothing was spoken: every voice was trained in every language of the test sentences")]
    others = [role for role in heard if role != OURS]
    found = {role: accuracy(evidence, spoken) for role, spoken in heard.items()}
    anchors = {"recordings": mean_of((r.utterance.id, _hears(evidence, r.utterance.speaker, r, r.utterance.style)) for r in evidence.recorded.values()),
               "copies": mean_of((r.utterance.id, _hears(evidence, r.utterance.speaker, r.copy, r.utterance.style)) for r in evidence.recorded.values()),
               "chance": _constant(tuple(evidence.recorded), 1 / len(evidence.styles))}
    text = "share of sounds in which the judge hears the style asked for, in voices that never spoke the language, every style equally often"
    checks = [Check(group, "style heard", text, "%", stated(), found[OURS], "", {**{role: found[role] for role in others}, **anchors})]
    steps = [(PLAIN, VAE, "the learned prior above the plain VAE"), (OURS, PLAIN, "the style loss above the learned prior alone"),
             (OURS, VAE, "both above the plain VAE")]
    for better, worse, name in steps:
        there = better in found and worse in found
        checks.append(Check(group, f"style heard: {name}", f"{text}: {better} minus {worse}", "%", above_zero(),
                            found[better] - found[worse] if there else None, f"not both {better} and {worse} were given (--baseline)",
                            {better: found[better], worse: found[worse]} if there else {}))
    for style in evidence.styles:
        of_style = {role: accuracy(evidence, [s for s in spoken if s.style == style]) for role, spoken in heard.items()}
        checks.append(Check(group, f"style heard: {style}", "the same for one style", "%", stated(), of_style[OURS], "",
                            {role: of_style[role] for role in others}))
    for language in sorted({s.language for s in heard[OURS]}):
        in_it = {role: accuracy(evidence, [s for s in spoken if s.language == language]) for role, spoken in heard.items()}
        who = ", ".join(sorted({s.voice for s in heard[OURS] if s.language == language}))
        checks.append(Check(group, f"style heard: in {language}", f"the same for {who}", "%", stated(), in_it[OURS], "",
                            {role: in_it[role] for role in others}))
    return checks


def accuracy(evidence: StyleEvidence, spoken: list[Spoken]) -> Figure:
    """Share of sounds in which the judge hears the style asked for."""
    return mean_of((s.id, _hears(evidence, s.voice, s, s.style)) for s in spoken)


def _hears(evidence: StyleEvidence, voice: str, heard: Heard, style: str) -> float:
    return float(evidence.judge.hear(voice, heard.numbers.all) == style)


def distance_checks(evidence: StyleEvidence) -> list[Check]:
    """What a style does to F0, its spread, the tempo and the level, against what it does in recordings of people who speak the language; each
    relative to the voice's own neutral, so that voices need not be alike."""
    group, real = "distance to real styles", real_changes(evidence)
    heard = evidence.by_role(CROSS)
    if not real or OURS not in heard:
        return [Check(group, "what styles do", "", "st", stated(), None, f"no recordings of a style {NEUTRAL!r} to compare with")]
    whole, checks = {}, []
    for role, spoken in heard.items():
        changes = spoken_changes(spoken)
        whole[role] = {measure: distance(changes, real, measure) for measure in MEASURES}
    for measure in MEASURES:
        checks.append(Check(group, measure.replace("_", " "), f"mean over styles and languages of how far the mean change from neutral to the style is from "
                            f"that in recordings of the language, {measure.replace('_', ' ')}", UNITS[measure], stated(), whole[OURS][measure], "",
                            {role: whole[role][measure] for role in whole if role != OURS} | {"size of the change in recordings":
                                                                                         _constant(tuple(evidence.recorded), size_of(real, measure))}))
    together = {role: combine(lambda *d: np.mean([x / size_of(real, m) for x, m in zip(d, MEASURES)], axis=0), *whole[role].values()) for role in whole}
    there = VAE in together
    checks.append(Check(group, "nearer than the plain VAE", "the plain VAE's minus ours, mean over the four measures, each as a share of its mean change in recordings",
                        "%", above_zero(), together[VAE] - together[OURS] if there else None, "no plain VAE was given (--baseline)", dict(together)))
    return checks


def real_changes(evidence: StyleEvidence) -> dict[tuple[str, str], dict[str, float]]:
    """(language, style) → mean over its speakers of what the style does to each measure."""
    values = defaultdict(list)
    for r in (*evidence.references, *evidence.recorded.values()):
        values[r.utterance.language, r.utterance.speaker, r.utterance.style.casefold()].append([r.numbers.measures[m] for m in MEASURES])
    means = {key: np.nanmean(rows, axis=0) for key, rows in values.items()}
    changes = defaultdict(list)
    for (language, speaker, style), mean in means.items():
        if style != NEUTRAL and (language, speaker, NEUTRAL) in means:
            changes[language, style].append(mean - means[language, speaker, NEUTRAL])
    return {key: dict(zip(MEASURES, np.nanmean(rows, axis=0))) for key, rows in changes.items()}


def spoken_changes(spoken: list[Spoken]) -> list[tuple[str, tuple[str, str], dict[str, float]]]:
    """(text's id, (language, style), what the style did to each measure) of every sound with a neutral one of the same text and voice."""
    neutral = {(s.id, s.voice): s.numbers.measures for s in spoken if s.style.casefold() == NEUTRAL}
    return [(s.id, (s.language, s.style.casefold()), {m: s.numbers.measures[m] - neutral[s.id, s.voice][m] for m in MEASURES})
            for s in spoken if s.style.casefold() != NEUTRAL and (s.id, s.voice) in neutral]


def distance(changes: list, real: dict[tuple[str, str], dict[str, float]], measure: str) -> Figure:
    """Mean over (language, style) of |mean change − real change|."""
    cells = sorted({cell for _, cell, _ in changes if cell in real})
    wanted = np.array([real[cell][measure] for cell in cells])
    rows: dict[str, np.ndarray] = {}
    for name, cell, change in changes:
        if cell in real and np.isfinite(change[measure]):
            row = rows.setdefault(name, np.zeros((2, len(cells))))
            row[:, cells.index(cell)] += change[measure], 1.0

    def far(s: np.ndarray) -> np.ndarray:
        sums, counts = s[..., : len(cells)], s[..., len(cells):]
        return np.nanmean(np.abs(np.where(counts > 0, sums / counts, np.nan) - wanted), axis=-1)

    return pooled({name: row.ravel() for name, row in rows.items()}, far)


def size_of(real: dict[tuple[str, str], dict[str, float]], measure: str) -> float:
    """How much styles change a measure, on average."""
    return float(np.mean([abs(change[measure]) for change in real.values()]))


# -- nothing lost, nothing gamed ---------------------------------------------------------------------------------------


def kept_checks(evidence: StyleEvidence) -> list[Check]:
    """In their own language and in another one: style, voice, words and language no worse than the plain VAE's."""
    checks, why = [], "no plain VAE was given (--baseline), or it spoke nothing"
    for kind in (OWN, CROSS):
        group = f"nothing lost, {kind}"
        figures = {role: kept_figures(evidence, spoken) for role, spoken in evidence.by_role(kind).items()}
        if OURS not in figures:
            continue
        for name, (unit, margin, sign) in KEPT.items():
            if name == "style" and kind == CROSS:
                continue
            figure, text = figures[OURS][name], f"{name}: {KEPT_TEXT[name]}; ours minus the plain VAE's"
            rule = at_least(-margin, f"≥ −{_margin(margin, unit)}") if sign > 0 else at_most(margin, f"≤ {_margin(margin, unit)}")
            beside = {role: found[name] for role, found in figures.items() if found[name] is not None}
            beside |= {"recordings": recorded_figure(evidence, name)} if figure is not None else {}
            checks.append(Check(group, name, text, unit, rule, figure - figures[VAE][name] if VAE in figures and figure is not None else None,
                                why if figure is not None else "there is no recogniser (exp/recogniser)", beside))
    return checks


KEPT = {"style": ("%", ACCURACY_MARGIN, +1), "likeness": ("cos", LIKENESS_MARGIN, +1), "phone errors": ("%", ACCURACY_MARGIN, -1),
        "language": ("%", ACCURACY_MARGIN, +1)}
KEPT_TEXT = {"style": "share of sounds in which the judge hears the style", "likeness": "cosine with the voice's recordings",
             "phone errors": "phone error rate of the recogniser", "language": "share of sounds whose heard phones are in the order of the text's language"}


def _margin(value: float, unit: str) -> str:
    return f"{100 * value:g} points" if unit == "%" else f"{value:g}"


def kept_figures(evidence: StyleEvidence, spoken: list[Spoken]) -> dict[str, Figure | None]:
    recognised = all(s.phones is not None for s in spoken)
    return {
        "style": accuracy(evidence, spoken),
        "likeness": mean_of((s.id, float(s.vector @ evidence.voices[s.voice])) for s in spoken if s.voice in evidence.voices),
        "phone errors": ratio_of((s.id, s.errors, s.total) for s in spoken) if recognised else None,
        "language": mean_of((s.id, float(evidence.languages.tell(s.phones) == s.language)) for s in spoken) if recognised else None,
    }


def recorded_figure(evidence: StyleEvidence, name: str) -> Figure:
    """The same of the test recordings."""
    items = [(r.utterance, r) for r in evidence.recorded.values()]
    if name == "style":
        return mean_of((u.id, _hears(evidence, u.speaker, r, u.style)) for u, r in items)
    if name == "likeness":
        return mean_of((u.id, float(r.vector @ evidence.voices[u.speaker])) for u, r in items if u.speaker in evidence.voices)
    if name == "phone errors":
        return ratio_of((u.id, r.errors, r.total) for u, r in items)
    return mean_of((u.id, float(evidence.languages.tell(r.phones) == u.language)) for u, r in items)


def gamed_checks(evidence: StyleEvidence) -> list[Check]:
    """Does the classifier of the style loss hear more than the judge?"""
    name, group = "the loss's classifier hears no more than the judge", "not gamed"
    spoken = evidence.of(OURS, CROSS)
    if not spoken or any(s.trained is None for s in spoken):
        return [Check(group, name, "", "%", stated(), None, "there is no style classifier (exp/style_classifier), or no voice in another language")]
    trained = {role: mean_of((s.id, float(s.trained == s.style)) for s in made) for role, made in evidence.by_role(CROSS).items()}
    return [Check(group, name, "share of sounds in another language in which the style loss's classifier hears the style, minus the judge's", "%",
                  at_most(GAMED, "≤ 10 points"), trained[OURS] - accuracy(evidence, spoken), "",
                  {f"the classifier, {role}": figure for role, figure in trained.items()})]


# -- control -----------------------------------------------------------------------------------------------------------


def control_checks(evidence: StyleEvidence) -> list[Check]:
    """Do strength and blends move the measured style, step by step?"""
    text = "smallest mean step of the judge's ln of {} between neighbouring {}"
    checks, neutral = [], next((style for style in evidence.judge.styles if style.casefold() == NEUTRAL), None)
    spoken = evidence.of(OURS, STRENGTH)
    if neutral is None or not spoken:
        checks.append(Check("control", "strength", "", "ln", above_zero(), None, f"the corpus has no style {NEUTRAL!r}"))
    for style in sorted({s.style for s in spoken} if neutral else ()):
        scores = {(s.id, s.strength): evidence.judge.contrast(s.voice, s.numbers.all, style, neutral) for s in spoken if s.style == style}
        checks.append(_steps(f"strength, {style}", text.format(f"{style} against {neutral}", f"strengths {_list(STRENGTHS)}"), scores, STRENGTHS))
    blends = defaultdict(dict)
    for s in evidence.of(OURS, BLEND):
        (a, share), (b, _) = (part.split("=") for part in s.style.split(","))
        blends[a, b][s.id, float(share)] = evidence.judge.contrast(s.voice, s.numbers.all, a, b)
    for (a, b), scores in blends.items():
        checks.append(_steps(f"blend, {b} to {a}", text.format(f"{a} against {b}", f"shares {_list(SHARES)}"), scores, SHARES))
    return checks


def _list(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _steps(name: str, compared: str, scores: dict[tuple[str, float], float], at: tuple[float, ...]) -> Check:
    """scores: by text and setting."""
    levels = {value: mean_of((text, score) for (text, setting), score in scores.items() if setting == value) for value in at}
    steps = [levels[b] - levels[a] for a, b in zip(at, at[1:])]
    return Check("control", name, compared, "ln", above_zero(), combine(lambda *found: np.min(found, axis=0), *steps), "",
                 {f"at {value:g}": figure for value, figure in levels.items()})


# -- what is written ---------------------------------------------------------------------------------------------------


def rows_of(evidence: StyleEvidence) -> list[dict]:
    """A row per sound that was made."""
    return [{"role": s.role, "kind": s.kind, "id": s.id, "voice": s.voice, "language": s.language, "style": s.style, "strength": s.strength,
             "heard": evidence.judge.hear(s.voice, s.numbers.all), "classifier": s.trained or "", **s.numbers.measures,
             "likeness": float(s.vector @ evidence.voices[s.voice]) if s.voice in evidence.voices else float("nan"),
             "phone_errors": s.errors if s.phones is not None else float("nan"), "phones": s.total} for s in evidence.spoken]


def facts_of(systems: StyleSystems, evidence: StyleEvidence, parts: Parts) -> dict:
    """What a reader must know of how these numbers came about."""
    names = ", ".join(f"{role}: {synthesizer.loaded.folder.name}" for role, synthesizer in systems.synthesizers.items())
    notes = [
        f"Models: {names}.",
        f"The judge of styles: a logistic regression on numbers of F0, level, tempo and tilt, less the voice's own means, fitted to {len(parts.unseen)} recordings of the part "
        f"{parts.unseen_part!r} and their copies"
        + (", which no model saw." if parts.unseen_part == UNSEEN_PART else "; that part watched the training, but nothing was fitted to it."),
        "Languages are told from pairs of phones that the recogniser hears, whoever speaks.",
        "Tempo: from the model's own durations, that of recordings from the aligner, each against what is usual for the language's phones.",
        "No worse than the plain VAE: the mean difference stays within the margin; its interval is given.",
    ]
    return {"utterances": len(parts.test), "notes": notes, "sounds": len(evidence.spoken)}
