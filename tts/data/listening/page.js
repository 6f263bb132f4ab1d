// A listening test in the browser: start → pages → done. What is answered is kept in the browser at once, and where the page is served, sent
// at once too. See tts/mushra/folder.py for the form of `test`.
const { test, test_hash, served } = JSON.parse(document.getElementById("data").textContent);
const words = test.words;
const $ = id => document.getElementById(id);
const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);
const pages = Object.fromEntries(test.pages.map(page => [page.item, page]));
const RATED = letter => letter !== "X";

// ---- memory: one session per test and browser -------------------------------------------------------------------------------------------
const memory = {
  key: "listening " + test_hash, works: true,
  load() { try { return JSON.parse(localStorage.getItem(this.key)); } catch { return null; } },
  save(value) { try { localStorage.setItem(this.key, JSON.stringify(value)); } catch { this.works = false; } },
  clear() { try { localStorage.removeItem(this.key); } catch { this.works = false; } },
};
memory.works = (() => { try { localStorage.setItem("listening", "1"); return localStorage.getItem("listening") === "1"; } catch { return false; } })();

// session: {session, listener, order, started, finished, questionnaire, place, ratings: {item: {letter: rating}}, unsent: [[item, letter] …]}
let session = memory.load();
const order = () => test.listeners.orders[session.order];
const keep = () => memory.save(session);
const answer = () => ({
  test: test.name, test_hash, session: session.session, listener: session.listener, order: session.order, started: session.started,
  finished: session.finished, questionnaire: session.questionnaire, complete: session.finished !== null,
  ratings: Object.entries(session.ratings).flatMap(([item, letters]) => Object.entries(letters).map(([letter, rating]) => ({ item, letter, ...rating }))),
});

// ---- the server, where there is one -----------------------------------------------------------------------------------------------------
async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), keepalive: true });
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
  return response.json();
}
let sending = null, retry = null;
function send() {
  if (!served || !session) return Promise.resolve();
  sending = sending || (async () => {
    await null;  // so that `sending` is set before it can be cleared
    try {
      while (session.unsent.length) {
        const batch = session.unsent.slice(0, 12);
        const sent = batch.map(([item, letter]) => ({ item, letter, ...session.ratings[item][letter] }));
        await post("ratings", { session: session.session, ratings: sent });
        // What was changed while it was under way stays to be sent.
        const same = ([item, letter], number) => JSON.stringify({ item, letter, ...session.ratings[item][letter] }) === JSON.stringify(sent[number]);
        session.unsent = batch.filter((entry, number) => !same(entry, number)).concat(session.unsent.slice(batch.length));
        keep();
      }
      if (session.finished && !session.reported) {
        await post("finish", { session: session.session });
        session.reported = true;
        keep();
      }
      $("unsent").hidden = true;
    } catch (error) {
      $("unsent").hidden = false;
      $("unsent").textContent = say(words.unsent, { count: session.unsent.length || 1 });
      clearTimeout(retry);
      retry = setTimeout(send, 3000);
    } finally { sending = null; }
    if (!$("done").hidden) outcome();
  })();
  return sending;
}
function record(item, letter, rating) {
  (session.ratings[item] = session.ratings[item] || {})[letter] = rating;
  if (served && !session.unsent.some(([i, l]) => i === item && l === letter)) session.unsent.push([item, letter]);
}

const player = new Player();

// ---- one page -----------------------------------------------------------------------------------------------------------------------------
let view = null;  // {page, letters as they stand on the screen, shownAt, before and plays: seconds and plays of earlier visits}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}
const nameOf = letter => test.kind === "abx" ? "ABX"[view.letters.indexOf(letter)] : String(view.letters.indexOf(letter) + 1);
const saved = letter => (session.ratings[view.page.item] || {})[letter];
const seconds = () => Math.round(10 * (view.before + (performance.now() - view.shownAt) / 1000)) / 10;

function rate(scores) {  // {letter: score}; kept and sent at once
  for (const [letter, score] of Object.entries(scores)) {
    record(view.page.item, letter, { score, seconds: seconds(), comment: $("comment").value, plays: (view.plays[letter] || 0) + (player.plays[letter] || 0) });
  }
  keep();
  clearTimeout(rate.timer);
  rate.timer = setTimeout(send, 150);
  draw();
}

function soundButton(letter) {
  return element("button", { type: "button", class: "sound", "data-sound-of": letter, "aria-pressed": "false", "aria-label": say(words.sound, { number: nameOf(letter) }),
    onclick: () => press(letter) }, nameOf(letter));
}
function press(letter) {
  if (player.playing && player.current === letter) player.pause();
  else player.choose(letter);
}

const answers = {
  mushra(box) {
    box.append(element("div", { class: "scale", "aria-hidden": "true" }, ...words.labels.map(label => element("span", {}, label))));
    for (const letter of view.letters) {
      const known = saved(letter), number = nameOf(letter);
      const show = element("output", {}, known ? String(known.score) : "–");
      const slider = element("input", { type: "range", min: 0, max: 100, step: 1, value: known ? known.score : 50, class: known ? "" : "unrated", "data-rates": letter,
        "aria-label": say(words.sound, { number }), "aria-valuetext": known ? null : words.not_rated });
      const set = () => {
        slider.classList.remove("unrated");
        show.textContent = slider.value;
        const label = words.labels[Math.min(4, Math.floor(slider.value / 20))];
        slider.setAttribute("aria-valuetext", `${slider.value}, ${label}`);
        rate({ [letter]: Number(slider.value) });
      };
      slider.addEventListener("input", set);
      slider.addEventListener("pointerup", set);  // a click that leaves the value as it was is an answer too
      box.append(element("div", { class: "row", "data-row": letter }, soundButton(letter), slider, show));
    }
  },
  mos(box) {
    box.append(choices(words.labels.map((label, index) => [{ [view.letters[0]]: index + 1 }, [element("b", {}, String(index + 1)), label]]), "answers five"));
  },
  preference(box) {
    const [one, two] = view.letters, options = [[{ [one]: 1, [two]: 0 }, [say(words.prefer, { number: 1 })]], [{ [one]: 0, [two]: 1 }, [say(words.prefer, { number: 2 })]]];
    if (test.scale.none_allowed) options.splice(1, 0, [{ [one]: 0.5, [two]: 0.5 }, [words.none]]);
    box.append(element("div", { class: "sounds" }, ...view.letters.map(soundButton)), choices(options, "answers"));
  },
  abx(box) {
    const [one, two] = view.letters;
    box.append(element("div", { class: "sounds" }, ...view.letters.map(soundButton)),
      element("p", { class: "question-line" }, words.question), choices([[{ [one]: 1, [two]: 0 }, ["A"]], [{ [one]: 0, [two]: 1 }, ["B"]]], "answers"));
  },
};
function choices(options, className) {
  const box = element("div", { class: className, role: "group", "aria-label": view.page.attention ? view.page.attention.instruction : words.question });
  for (const [scores, label] of options) {
    const chosen = Object.entries(scores).every(([letter, score]) => (saved(letter) || {}).score === score);
    box.append(element("button", { type: "button", "data-answer": JSON.stringify(scores), "aria-pressed": String(chosen), onclick: event => {
      for (const button of box.children) button.setAttribute("aria-pressed", String(button === event.currentTarget));
      rate(scores);
    } }, ...label));
  }
  return box;
}

async function showPage() {
  const item = order().pages[session.place], page = pages[item], count = order().pages.length;
  const earlier = session.ratings[item] || {};  // of a visit before the page was loaded anew
  view = { page, letters: [...order().stimuli[item]], shownAt: performance.now(), before: Math.max(0, ...Object.values(earlier).map(rating => rating.seconds)),
    plays: Object.fromEntries(Object.entries(earlier).map(([letter, rating]) => [letter, rating.plays])) };
  show("page");
  $("progress").textContent = say(words.progress, { number: session.place + 1, count });
  $("bar").style.width = 100 * session.place / count + "%";
  $("training").hidden = !page.training;
  $("attention").hidden = !page.attention;
  $("attention").textContent = page.attention ? page.attention.instruction : "";
  $("text").textContent = page.text;
  $("text").lang = page.language || words.language;
  $("text").hidden = !page.text;
  $("question").hidden = Boolean(page.attention) || test.kind === "abx";
  $("comment").value = (Object.values(earlier)[0] || {}).comment || "";
  document.querySelector(".remarks").open = Boolean($("comment").value);
  $("message").textContent = "";
  $("next").textContent = session.place + 1 === count ? words.finish : words.next;
  $("wait").hidden = false;
  $("failed").hidden = $("test").hidden = true;
  scrollTo(0, 0);
  const files = Object.fromEntries(page.stimuli.map(({ letter, file }) => [letter, file]));
  if (page.reference) files.reference = page.reference;
  try {
    if (!await player.load(files)) return;
  } catch (error) {
    $("wait").hidden = true;
    $("failed").hidden = false;
    return;
  }
  player.current = page.reference ? "reference" : view.letters[0];
  for (const letter of Object.keys(earlier)) if (earlier[letter].plays) player.heard[letter] = player.duration;
  $("reference").hidden = !page.reference;
  $("rows").replaceChildren();
  answers[test.kind]($("rows"));
  view.shownAt = performance.now();
  $("wait").hidden = true;
  $("test").hidden = false;
  ($("text").hidden ? $("next") : $("text")).focus({ preventScroll: true });
  draw();
  const following = pages[order().pages[session.place + 1]];
  if (served && following) for (const { file } of following.stimuli) fetch(file).catch(() => {});  // into the browser's cache
}

function missing() {  // why the page cannot be left yet, or ""
  const names = letters => letters.map(nameOf).join(", ");
  const unheard = view.letters.filter(letter => !player.enough(letter)), unrated = view.letters.filter(letter => RATED(letter) && !saved(letter));
  if (unheard.length) return say(words.missing_heard, { names: names(unheard) });
  if (unrated.length) return test.kind === "mushra" ? say(words.missing_rated, { names: names(unrated) }) : words.missing_answer;
  return "";
}
function next() {
  if ($("test").hidden) return;
  const why = missing();
  $("message").textContent = why;
  if (why) return;
  player.pause();
  rate(Object.fromEntries(view.letters.filter(RATED).map(letter => [letter, saved(letter).score])));  // with the comment, and all plays
  session.place += 1;
  if (session.place === order().pages.length) session.finished = new Date().toISOString();
  keep();
  send();
  session.finished ? showDone(true) : showPage();
}

function draw() {
  if (!view || $("page").hidden) return;
  player.account();
  $("position").value = player.duration ? 1000 * player.position / player.duration : 0;
  $("position").setAttribute("aria-valuetext", player.position.toFixed(1) + " s");
  $("play").classList.toggle("on", player.playing);
  $("play").setAttribute("aria-label", player.playing ? words.pause : words.play);
  for (const button of [...document.querySelectorAll("[data-sound-of]"), $("reference")]) {
    const name = button.dataset.soundOf || "reference", current = name === player.current;
    button.setAttribute("aria-pressed", String(current));
    button.classList.toggle("playing", current && player.playing);
    button.classList.toggle("heard", name !== "reference" && player.enough(name));
    const row = button.closest(".row");
    if (row) row.classList.toggle("current", current);
  }
  $("next").setAttribute("aria-disabled", String(missing() !== ""));
  if (!missing()) $("message").textContent = "";
}
setInterval(() => { if (player.playing) draw(); }, 50);

// ---- keys ---------------------------------------------------------------------------------------------------------------------------------
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
document.addEventListener("keydown", event => {
  const target = event.target;
  if ($("page").hidden || $("test").hidden || event.ctrlKey || event.metaKey || event.altKey || target.matches("textarea, input:not([type])")) return;
  if (target.matches("#position") && event.key in STEPS) return;
  const letter = view.letters[event.key - 1];
  if (/^[1-9]$/.test(event.key) && test.kind === "mos") {
    const button = document.querySelectorAll("[data-answer]")[event.key - 1];
    if (button) button.click();
  } else if (/^[1-9]$/.test(event.key) && letter) {
    player.choose(letter);
    const slider = document.querySelector(`[data-rates="${letter}"]`);
    if (slider) slider.focus();
  } else if ((event.key === "0" || event.key === "r") && view.page.reference) player.choose("reference");
  else if (event.key === " " && !target.matches("summary, #loop")) player.toggle();  // buttons are pressed with Enter
  else if (event.key in STEPS && test.kind === "mushra") {
    if (target.matches("[data-rates]") && !event.key.startsWith("Page")) return;  // the slider's own
    const slider = document.querySelector(`[data-rates="${player.current}"]`);
    if (!slider) return;
    slider.value = Number(slider.value) + STEPS[event.key];
    slider.dispatchEvent(new Event("input"));
  } else if (event.key in STEPS && test.kind !== "mos") {
    const buttons = [...document.querySelectorAll("[data-answer]")], chosen = buttons.findIndex(button => button.getAttribute("aria-pressed") === "true");
    const step = Math.sign(STEPS[event.key]);
    buttons[chosen < 0 ? (step < 0 ? 0 : buttons.length - 1) : Math.max(0, Math.min(buttons.length - 1, chosen + step))].click();
  } else if (event.key === "Enter" && !target.matches("button, summary")) next();
  else return;
  event.preventDefault();
});

// ---- start and end ------------------------------------------------------------------------------------------------------------------------
function show(name) { for (const main of document.querySelectorAll("main")) main.hidden = main.id !== name; }

function showStart() {
  show("start");
  $("no-memory").hidden = memory.works;
  for (const question of session ? [] : test.questionnaire) {
    const label = question.label + (question.optional ? "" : " *");
    $("start-message").before(question.choices
      ? element("fieldset", {}, element("legend", {}, label), ...question.choices.map(choice => element("label", {}, element("input", { type: "radio", name: question.name, value: choice }), choice)))
      : element("label", { class: "question" }, element("span", {}, label), element("input", { name: question.name, maxlength: 300, autocomplete: "off" })));
  }
  if (session) {
    $("resume").hidden = false;
    const listener = document.querySelector("[name=listener]");
    if (listener) listener.closest("label").hidden = true;
  }
}

function questionnaire() {  // {name: answer}, or null after saying what is missing
  const fields = new FormData($("questions")), filled = {};
  for (const { name, optional, label } of test.questionnaire) {
    filled[name] = (fields.get(name) || "").trim();
    if (!filled[name] && !optional) {
      $("start-message").textContent = `${words.required}: ${label}`;
      const field = document.querySelector(`[name="${name}"]`);
      field.focus();
      return null;
    }
  }
  return filled;
}

async function begin(event) {
  event.preventDefault();
  player.wake();
  player.halt();
  if (!session) {
    const filled = questionnaire();
    if (!filled) return;
    try {
      session = served ? await join({ questionnaire: filled }) : alone(filled);
    } catch (error) {
      $("start-message").textContent = error.status ? error.message : words.failed;
      return;
    }
    if (!session) return;
    keep();
  }
  session.finished ? showDone(false) : showPage();
}
function alone(filled) {
  const field = document.querySelector("[name=listener]"), given = field.value.trim();
  if (given && !/^[1-9][0-9]{0,5}$/.test(given)) {
    $("start-message").textContent = `${words.listener}: 1, 2, 3 …`;
    field.focus();
    return null;
  }
  const count = test.listeners.orders.length, random = crypto.getRandomValues(new Uint32Array(5));
  return {
    session: [...random].map(number => number.toString(16).padStart(8, "0")).join("").slice(0, 32), listener: given ? Number(given) : null,
    order: given ? (Number(given) - 1) % count : random[4] % count, started: new Date().toISOString(), finished: null, questionnaire: filled, place: 0, ratings: {}, unsent: [],
  };
}
async function join(body) {  // a new session of the server, or the one that it knows
  const known = await post("session", body);
  const ratings = {};
  for (const { item, letter, ...rating } of known.ratings) (ratings[item] = ratings[item] || {})[letter] = rating;
  const items = test.listeners.orders[known.order].pages;
  const unfinished = items.findIndex(item => pages[item].stimuli.some(({ letter }) => RATED(letter) && !(ratings[item] || {})[letter]));
  return { session: known.session, listener: known.listener, order: known.order, started: known.started, finished: known.finished, reported: known.finished !== null,
    questionnaire: known.questionnaire, place: unfinished < 0 ? items.length - 1 : unfinished, ratings, unsent: [] };
}

function outcome() {
  const arrived = !session.unsent.length && session.reported;
  $("outcome").textContent = !served ? words.save_file : arrived ? words.saved_server : say(words.unsent, { count: session.unsent.length || 1 });
  $("saving").hidden = served && arrived;
  $("as-text").hidden = served && arrived;
}
function save() {
  const text = JSON.stringify(answer(), null, 1), url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = element("a", { href: url, download: `${test.name}-${session.listener || "x"}-${session.session.slice(0, 8)}.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
function showDone(now) {
  player.halt();
  show("done");
  $("answers").value = JSON.stringify(answer());
  outcome();
  if (now && !served) save();
  document.querySelector("#done h1").focus();
}

$("questions").addEventListener("submit", begin);
$("play").addEventListener("click", () => player.toggle());
$("reference").addEventListener("click", () => press("reference"));
$("loop").addEventListener("change", event => player.repeat(event.target.checked));
$("position").addEventListener("input", event => player.seek(event.target.value / 1000));
$("next").addEventListener("click", next);
$("again").addEventListener("click", showPage);
$("save").addEventListener("click", save);
$("new").addEventListener("click", () => { if (confirm(words.new_sure)) { session = null; memory.clear(); location.reload(); } });
$("volume").addEventListener("click", async () => {
  if (player.playing) return player.halt();
  const page = test.pages[0];
  try {
    if (await player.load({ volume: page.reference || page.stimuli[0].file })) player.choose("volume");
  } catch (error) { $("start-message").textContent = words.failed; }
});
window.addEventListener("pagehide", send);

(async () => {
  if (served && session) {  // the server's word counts, but what it has not got yet is sent
    const local = session;
    try {
      session = await join({ session: local.session });
      for (const [item, letter] of local.unsent) record(item, letter, local.ratings[item][letter]);
      session.place = local.place;
      if (local.finished && !session.finished) session.finished = local.finished;
      keep();
      send();
    } catch (error) {
      if (error.status === 404) { memory.clear(); session = null; }  // the server does not know it any more
    }
  }
  session && session.finished ? showDone(false) : showStart();
})();
