"""The one training loop. `fit` takes a System and two BatchSources and leaves `model.safetensors` in a folder.

Everything that moves during training is in `State`; the learning rate and every random number are functions of the step, so a run that
was killed and resumed is the run that was not, tensor for tensor. The acts are `train_step`, `validate`, `log`, `save`, `finish`.
"""

from __future__ import annotations

import contextlib
import json
import math
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tts.corpus.manifest import atomic_writer
from tts.documents import built, require_form, understood
from tts.errors import UserError
from tts.training import distributed
from tts.training.checkpoint import (RESTORE, average_weights, latest_checkpoint, load_checkpoint, load_weights, remove_others, save_checkpoint,
                                     save_tensors)
from tts.training.config import TrainingConfig
from tts.training.distributed import World
from tts.training.ema import Ema
from tts.training.health import NanWatch, latent_health
from tts.training.schedule import learning_rate
from tts.training.system import BatchSource, Sample, System

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


@dataclass
class Window:
    """Sums since the last line of the log, of the first process."""

    terms: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0
    frames: float = 0.0
    seconds: float = 0.0
    loading: float = 0.0
    norm: float = 0.0
    steps: int = 0

    def add(self, sums: dict[str, float], weight: float, norm: float) -> None:
        for name, value in sums.items():
            self.terms[name] = self.terms.get(name, 0.0) + value
        self.weight += weight
        self.norm += norm
        self.steps += 1

    def figures(self) -> dict[str, float]:
        means = {name: value / self.weight for name, value in self.terms.items()}
        return {**means, "gradient_norm": self.norm / max(1, self.steps), "frames_per_second": self.frames / max(1e-9, self.seconds),
                "loading_share": self.loading / max(1e-9, self.seconds)}


@dataclass
class State:
    """What changes while training, and nothing else does."""

    system: System
    optimizer: torch.optim.Optimizer
    ema: Ema | None
    scaler: torch.amp.GradScaler
    step: int = 0  # steps done
    epoch: int = 0
    position: int = 0  # batches of this epoch done, over all processes
    best: list[tuple[float, int]] = field(default_factory=list)  # (validation loss, step), lowest first
    window: Window = field(default_factory=Window)

    def numbers(self) -> dict:
        return {"step": self.step, "epoch": self.epoch, "position": self.position, "best": self.best, "window": asdict(self.window),
                "scaler": self.scaler.state_dict()}


# A mel [T, M] → its sound: samples [N] and their rate.
Render = Callable[[np.ndarray], tuple[np.ndarray, int]]


def fit(system: System, train: BatchSource, dev: BatchSource | None, config: TrainingConfig, folder: Path, world: World | None = None,
        render: Render | None = None, prepared: bool = False) -> State:
    """Train `system` for `config.steps` steps, continuing from the last checkpoint in `folder` if there is one.

    `render` makes the sounds that TensorBoard gets at each validation; without it there are pictures only. `prepared`: the system has its
    statistics already, with its first weights.

    Leaves in `folder`: model.safetensors (the average of the best checkpoints, or the last weights), checkpoints/, tensorboard/,
    metrics.jsonl, and nan.jsonl if there was anything to report. Returns the final State with those weights in its system.
    """
    world = world or distributed.join()
    if world.size > config.batches_per_step:
        raise UserError(f"{world.size} processes share {config.batches_per_step} batch(es) of a step, so some would have nothing to do; "
                        f"set training.batches_per_step to {world.size} or more, or use fewer processes")
    if config.threads:
        torch.set_num_threads(config.threads)
    folder.mkdir(parents=True, exist_ok=True)
    found = latest_checkpoint(folder / "checkpoints")
    if found is None:
        torch.manual_seed(config.seed)
        if not prepared:
            system.prepare(train)
    state = _start(system, config, world)
    if found is not None:
        _resume(state, found)
        if world.is_first:
            remove_others(found)
    run = _Run(state, train, dev, config, folder, world, render)
    run.say(f"{sum(p.numel() for p in system.parameters()) / 1e6:.2f} M parameters, {world.device}, {config.precision}, "
            f"{world.size} process(es), seed {config.seed}, " + (f"resuming at step {state.step}" if found else "from the start"))
    with run:
        run.train()
    distributed.wait(world)
    load_weights(system, folder / "model.safetensors")
    system.eval()
    if type(system).conclude is not System.conclude:
        system.conclude(train)
        if world.is_first:
            save_tensors(folder / "model.safetensors", {name: tensor.cpu() for name, tensor in system.state_dict().items()})
    return state


def _start(system: System, config: TrainingConfig, world: World) -> State:
    system.to(world.device)
    distributed.share_weights(system, world)
    optimizer = torch.optim.AdamW(_parameter_groups(system, config), lr=config.learning_rate, betas=config.betas,
                                  weight_decay=config.weight_decay, foreach=True)
    ema = Ema(system, config.ema_decay) if config.ema_decay else None
    scaler = torch.amp.GradScaler(world.device.type, enabled=config.precision == "float16" and world.device.type == "cuda")
    return State(system, optimizer, ema, scaler)


def _parameter_groups(system: System, config: TrainingConfig) -> list[dict]:
    """Parameters by their share of the learning rate, matrices (which decay) apart from vectors (which do not)."""
    shares, groups = system.learning_rates(), {}
    for name, parameter in system.named_parameters():
        if parameter.requires_grad:
            share = next((share for prefix, share in shares.items() if name.startswith(prefix)), 1.0)
            groups.setdefault((share, parameter.dim() > 1), []).append(parameter)
    return [{"params": parameters, "share": share, "weight_decay": config.weight_decay if decays else 0.0}
            for (share, decays), parameters in sorted(groups.items(), key=lambda item: (-item[0][0], -item[0][1]))]


def _resume(state: State, found: Path) -> None:
    numbers, ema = load_checkpoint(found, state.system, state.optimizer, {} if state.ema is None else state.ema.average)
    with understood(found / "state.json", RESTORE):
        require_form(numbers, {"step": int, "epoch": int, "position": int, "best": [[float]], "window": dict, "scaler": dict})
        state.scaler.load_state_dict(numbers["scaler"])
        state.step, state.epoch, state.position = numbers["step"], numbers["epoch"], numbers["position"]
        state.best = [(loss, int(step)) for loss, step in numbers["best"]]
        state.window = built(Window, numbers["window"])
    if state.ema is not None:
        for name, tensor in ema.items():
            state.ema.average[name].copy_(tensor)


class _Run:
    """One call of `fit`: the state together with where it reads and writes."""

    def __init__(self, state: State, train: BatchSource, dev: BatchSource | None, config: TrainingConfig, folder: Path, world: World,
                 render: Render | None):
        self.state, self.train_source, self.dev_source, self.config, self.folder, self.world = state, train, dev, config, folder, world
        self.render = render
        self.nan = NanWatch(folder / "nan.jsonl", config.nan_patience)
        self.losses = torch.compile(state.system.losses) if config.compile else state.system.losses
        self.writer = self.bar = None
        self.last_line = 0.0

    def __enter__(self):
        if self.world.is_first:
            from torch.utils.tensorboard import SummaryWriter
            from tqdm import tqdm

            _cut_metrics(self.folder / "metrics.jsonl", self.state.step)
            self.writer = SummaryWriter(str(self.folder / "tensorboard"), purge_step=self.state.step)
            self.bar = tqdm(total=self.config.steps, initial=self.state.step, unit="step", disable=not sys.stderr.isatty(), file=sys.stderr)
        return self

    def __exit__(self, *_):
        if self.writer:
            self.writer.close()
            self.bar.close()

    # -- the story ---------------------------------------------------------------------------------------------------

    def train(self) -> None:
        state, config = self.state, self.config
        state.system.train()
        for group, loaded in self._groups():
            self.train_step(group, loaded)
            last = state.step == config.steps
            if state.step % config.log_every == 0 or last:
                self.log()
            if self.dev_source is not None and (state.step % config.validate_every == 0 or last):
                self.validate()
            if state.step % config.checkpoint_every == 0 or last:
                self.save()
            if last:
                break
        self.finish()

    def train_step(self, group: list[list[str]], loaded: Iterator) -> None:
        """One step on a group of batches, of which this process computes its share."""
        state, config, world = self.state, self.config, self.world
        system, started = state.system, time.perf_counter()
        for settings in state.optimizer.param_groups:
            settings["lr"] = settings["share"] * learning_rate(state.step, config)
        system.begin_step(state.step, config.steps)
        frames = [self.train_source.frames(ids) for ids in group]
        bad, sums = 0, {}
        for index in range(world.rank, len(group), world.size):
            waited = time.perf_counter()
            batch = next(loaded).to(world.device)
            self.state.window.loading += time.perf_counter() - waited
            torch.manual_seed(zlib.crc32(f"{config.seed}/{state.step}/{index}".encode()))
            with self._autocast():
                losses = self.losses(batch)
            terms = losses.terms()
            if not all(torch.isfinite(torch.tensor(list(terms.values())))):
                self.nan.bad(state.step, batch.ids, terms)
                bad += 1
                continue
            state.scaler.scale(losses.total * (frames[index] / sum(frames))).backward()
            for name, value in terms.items():
                sums[name] = sums.get(name, 0.0) + value * frames[index]
        parameters = [p for p in system.parameters() if p.requires_grad]
        distributed.sum_gradients(parameters, world)
        bad = distributed.sum_numbers([bad], world)[0]
        if not bad:
            state.scaler.unscale_(state.optimizer)
            norm = float(nn.utils.clip_grad_norm_(parameters, config.gradient_clip))
            if norm == norm and norm != float("inf") or state.scaler.is_enabled():
                state.scaler.step(state.optimizer)
                state.scaler.update()
                self.nan.good()
                self.state.window.add(sums, sum(frames[world.rank::world.size]), norm)
            else:
                self.nan.bad(state.step, [i for ids in group for i in ids], {"gradient": norm})
        state.optimizer.zero_grad(set_to_none=True)
        state.step += 1
        if state.ema is not None:
            state.ema.update(system, state.step)
        self.state.window.frames += sum(frames)
        self.state.window.seconds += time.perf_counter() - started

    @torch.inference_mode()
    def validate(self) -> None:
        """Losses, measures and latents over the validation set, with the averaged weights; keeps the best."""
        state, source, world = self.state, self.dev_source, self.world
        system = state.system.eval()
        sums: dict[str, float] = {}
        latents: dict[str, list] = {}
        weight, shown = 0.0, []
        with state.ema.applied(system) if state.ema is not None else contextlib.nullcontext():
            batches = source.batches(0)
            mine = range(world.rank, len(batches), world.size)
            for index in mine or [0]:  # a process without a batch looks at the first one for nothing, so that all sum the same names
                batch = source.load(batches[index]).to(world.device)
                frames = source.frames(batches[index]) if mine else 0
                for name, value in {**system.losses(batch).terms(), **system.measures(batch)}.items():
                    sums[name] = sums.get(name, 0.0) + value * frames
                for name, posterior in system.latents(batch).items():
                    latents.setdefault(name, []).append([p.flatten(0, -2).cpu() for p in posterior])
                weight += frames
                if world.is_first and len(shown) < self.config.sample_count:
                    shown.extend(list(system.samples(batch))[: self.config.sample_count - len(shown)])
            names = sorted(sums)
            totals = distributed.sum_numbers([weight] + [sums[name] for name in names], world)
            figures = {name: total / totals[0] for name, total in zip(names, totals[1:])}
            self._keep_if_best(figures["total"])
        system.train()
        if world.is_first:
            self._report("validation", figures)
            for name, parts in latents.items():
                health = latent_health(name, *(torch.cat(column) for column in zip(*parts)))
                self._report(f"latent/{name}", {"kl_nats": health.kl_nats, "active_units": health.active_units})
                self.say(health.sentence)
            for remark in system.remarks(figures):
                self.say(remark)
            show_samples(self.writer, shown, state.step, self.render)
            self.say(f"step {state.step}: validation " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()))

    def log(self) -> None:
        window, self.state.window = self.state.window, Window()
        if not self.world.is_first or not window.weight:
            return
        figures = window.figures()
        self._report("training", {**figures, "learning_rate": learning_rate(self.state.step - 1, self.config)})
        self.bar.update(self.state.step - self.bar.n)
        self.bar.set_postfix(loss=f"{figures['total']:.4f}", refresh=False)
        if time.monotonic() - self.last_line > 20 and self.bar.disable:
            self.last_line = time.monotonic()
            self.say(f"step {self.state.step}/{self.config.steps}: loss {figures['total']:.4f}, {figures['frames_per_second']:.0f} frames/s")

    def save(self) -> None:
        if self.world.is_first:
            ema = self.state.ema.average if self.state.ema is not None else {}
            save_checkpoint(self.folder / "checkpoints", self.state.system, ema, self.state.optimizer, self.state.numbers())
        distributed.wait(self.world)

    def finish(self) -> None:
        """Write the result: the average of the best checkpoints, else the moving average, else the last weights."""
        if not self.world.is_first:
            return
        weights = {name: tensor.detach().cpu() for name, tensor in self.state.system.state_dict().items()}
        if self.state.best and self.config.keep_best:
            weights = self._best_weights()
        elif self.state.ema is not None:
            weights.update({name: tensor.cpu() for name, tensor in self.state.ema.average.items()})
        save_tensors(self.folder / "model.safetensors", weights)

    def _best_weights(self) -> dict[str, torch.Tensor]:
        """The average of the best checkpoints, or the best alone where averaging does not help (as after a short run)."""
        files = [self._best_file(step) for _, step in self.state.best]
        best_loss, average = self.state.best[0][0], average_weights(files)
        self.state.system.load_state_dict(average)
        average_loss = self._dev_loss()
        averaging_helps = average_loss < best_loss
        self.say(f"validation loss of the average of {len(files)} checkpoint(s): {average_loss:.4f}, of the best: {best_loss:.4f}; "
                 f"kept: the {'average' if averaging_helps else 'best'}")
        return average if averaging_helps else average_weights(files[:1])

    @torch.inference_mode()
    def _dev_loss(self) -> float:
        system, source, total, weight = self.state.system.eval(), self.dev_source, 0.0, 0
        for ids in source.batches(0):
            frames = source.frames(ids)
            total += float(system.losses(source.load(ids).to(self.world.device)).total) * frames
            weight += frames
        return total / weight

    # -- helpers -----------------------------------------------------------------------------------------------------

    def say(self, line: str) -> None:
        if self.world.is_first:
            (self.bar.write if self.bar is not None and not self.bar.disable else print)(line, file=sys.stderr)

    def _groups(self) -> Iterator[tuple[list[list[str]], Iterator]]:
        """Groups of batches, one a step, with the loaded batches of this process, epoch after epoch from where we stand."""
        state, world, size = self.state, self.world, self.config.batches_per_step
        while state.step < self.config.steps:
            batches = self.train_source.batches(state.epoch)
            groups = [batches[i:i + size] for i in range(state.position, len(batches), size)]
            loaded = prefetch(self.train_source, [ids for group in groups for ids in group[world.rank::world.size]], self.config.workers)
            for group in groups:
                state.position += len(group)
                if state.position >= len(batches):
                    state.epoch, state.position = state.epoch + 1, 0
                yield group, loaded

    def _autocast(self):
        precision = PRECISIONS[self.config.precision]
        return torch.autocast(self.world.device.type, precision, enabled=precision != torch.float32)

    def _best_file(self, step: int) -> Path:
        return self.folder / "checkpoints" / "best" / f"step-{step:08d}.safetensors"

    def _keep_if_best(self, loss: float) -> None:
        """Called with the averaged weights applied."""
        state, count = self.state, self.config.keep_best
        if not count or not math.isfinite(loss):
            return
        ranked = sorted({*state.best, (loss, state.step)})[:count]
        if self.world.is_first and (loss, state.step) in ranked:
            self._best_file(state.step).parent.mkdir(parents=True, exist_ok=True)
            save_tensors(self._best_file(state.step), state.system.state_dict())
            for _, step in set(state.best) - set(ranked):
                self._best_file(step).unlink(missing_ok=True)
        state.best = ranked

    def _report(self, group: str, figures: dict[str, float]) -> None:
        for name, value in figures.items():
            self.writer.add_scalar(f"{group}/{name}", value, self.state.step)
        with open(self.folder / "metrics.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.state.step, "group": group, **figures}) + "\n")


def _cut_metrics(file: Path, step: int) -> None:
    """Drop what a killed run had written after the checkpoint that is resumed from (and a torn last line)."""
    if file.is_file():
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.endswith("}") and json.loads(line)["step"] <= step]
        with atomic_writer(file) as kept:
            kept.writelines(line + "\n" for line in lines)


def prefetch(source: BatchSource, batches: list[list[str]], workers: int) -> Iterator:
    """The loaded batches in order; loading runs ahead, in worker processes or in one thread."""
    if workers:
        loader = torch.utils.data.DataLoader(_Batches(source, batches), batch_size=None, num_workers=workers, generator=torch.Generator())
        yield from loader
        return
    with ThreadPoolExecutor(1) as pool:
        ahead = [pool.submit(source.load, ids) for ids in batches[:2]]
        for index in range(len(batches)):
            if index + 2 < len(batches):
                ahead.append(pool.submit(source.load, batches[index + 2]))
            yield ahead.pop(0).result()


class _Batches(torch.utils.data.Dataset):
    """Batches by number, for DataLoader's worker processes."""

    def __init__(self, source: BatchSource, batches: list[list[str]]):
        self.source, self.batches = source, batches

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int):
        return self.source.load(self.batches[index])


def show_samples(writer, samples: list[Sample], step: int, render: Render | None) -> None:
    """Mels (predicted above recorded) as figures in TensorBoard, and the sound of both."""
    if not samples:
        return
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    for sample in samples:
        figure, axes = pyplot.subplots(2, 1, figsize=(9, 5), sharex=True, layout="constrained")
        for axis, mel, title in zip(axes, (sample.predicted, sample.reference), ("predicted", "recorded")):
            axis.imshow(mel.T, origin="lower", aspect="auto", cmap="magma")
            axis.set_title(f"{sample.name}: {title}", fontsize=9)
            axis.set_ylabel("mel band")
        axes[1].set_xlabel("frame")
        writer.add_figure(f"mel/{sample.name}", figure, step)
        for kind, mel in (("predicted", sample.predicted), ("recorded", sample.reference)) if render else ():
            samples_of_sound, rate = render(mel)
            writer.add_audio(f"audio/{sample.name}/{kind}", torch.from_numpy(samples_of_sound).clamp(-1, 1)[None], step, rate)
