// The desk: takes, each with its own history of changes; what is chosen; what the server is asked; keys. See tts/studio/server.py.
const facts = JSON.parse(document.getElementById("data").textContent);
const $ = id => document.getElementById(id);

// take: {name, original, history: [prosody], at, wav: recording or null, id: what it is called in the menus}
const desk = { takes: [], take: null, side: "now", sounds: new Map() };
let draft = null;  // what a drag shows before it is done
let chosen = new Set(), first = 0;  // positions of chosen units; the one that the sliders show

const doc = () => draft || desk.take.history[desk.take.at];
const setting = name => $(`menu-${name}`).value;
const settings = (...names) => Object.fromEntries(names.filter(name => setting(name)).map(name => [name, setting(name)]));
const menuNames = facts.menus.map(menu => menu.name);

// ---- the server: one question at a time; a new one, or Escape, takes the last one back -----------------------------------------------------
let asking = null;
async function ask(path, body, what) {
  asking?.abort();
  const mine = asking = new AbortController();
  const json = !(body instanceof Blob);
  complain(null);
  draw();
  $("status").textContent = `${what} (Esc stops)`;
  try {
    let response;
    try {
      response = await fetch(path, {
        method: "POST", signal: mine.signal, body: json ? JSON.stringify(body) : body,
        headers: { "Content-Type": json ? "application/json" : "application/octet-stream" },
      });
    } catch (error) {
      throw error.name === "AbortError" ? error : new Error("The studio does not answer. Is `tts studio` still running where it was started?");
    }
    if (!response.ok) throw new Error(response.status === 500 ? "The studio failed at this; where `tts studio` runs it is told why." : await response.text());
    return await response.json();
  } finally {
    if (asking === mine) { asking = null; draw(); }
  }
}

function complain(error) {  // what went wrong, in a sentence; null when nothing did
  if (error?.name === "AbortError") return;
  $("message").hidden = !error;
  $("message").textContent = error ? error.message : "";
  if (error) $("message").scrollIntoView({ block: "nearest" });
}

const attempt = work => async event => {
  event?.preventDefault?.();
  try { await work(event); } catch (error) { complain(error); }
};

// ---- takes ---------------------------------------------------------------------------------------------------------------------------------
function addTake(name, prosody, wav = null) {
  const names = desk.takes.map(take => take.name);
  let number = 1, unique = name;
  while (names.includes(unique)) unique = `${name} ${++number}`;
  const take = { name: unique, original: prosody, history: [prosody], at: 0, recording: wav && { wav } };
  desk.takes = [...desk.takes, take].slice(-30);
  openTake(take);
}

function openTake(take) {
  player.stop();
  desk.take = take;
  if (desk.side === "recording" && !take.recording) desk.side = "now";
  first = take.original.words.findIndex(word => !isPause(word));
  chosen = new Set([first]);
  $("text").value = take.original.text;
  $("desk").hidden = false;
  $("empty").hidden = true;
  growText();
  fit(doc().words);
  stage.scrollLeft = 0;
  draw();
}

async function predict(seed, temperature) {
  const { prosody } = await ask("predict", { text: $("text").value.trim(), settings: settings(...menuNames), seed, temperature }, "Reading the text…");
  return JSON.parse(prosody);
}

const FROM_TEXT = "From the text";
const shapeText = attempt(async () => {
  const prosody = await predict(0, 0);
  desk.takes = desk.takes.filter(take => take.name !== FROM_TEXT || take.history.length > 1);  // what was not worked on makes room
  addTake(FROM_TEXT, prosody);
});

let seed = 0;
const anotherTake = attempt(async () => {
  $("text").value = doc().text;
  addTake(`Take ${++seed}`, await predict(seed, Number($("variety").value)));
});

const readUpload = attempt(async () => {
  const [file] = $("sound").files;
  if (!file) throw new Error("Choose a sound file first.");
  const query = new URLSearchParams({ name: file.name, text: $("text").value.trim(), language: language(), speaker: $("speaker").value, trust: $("trust").checked ? "1" : "" });
  const found = await ask(`extract?${query}`, new Blob([file]), "Reading the recording…");
  addTake(file.name, JSON.parse(found.prosody), fromBase64(found.sound));
});

const readKnown = attempt(async () => {
  const found = await ask("recording", { id: $("recordings").value }, "Reading the recording…");
  addTake($("recordings").value, JSON.parse(found.prosody), fromBase64(found.sound));
});

const language = () => setting("language") || facts.languages[setting("voice")];

// ---- memory: a page that is loaded anew stands as it stood, but for recordings --------------------------------------------------------------
const memory = {
  key: `studio ${facts.identity}`,
  keep() {
    const takes = desk.takes.map(take => ({ name: take.name, original: take.original, shaped: take.history[take.at] }));
    try { localStorage.setItem(this.key, JSON.stringify({ takes, open: desk.take.name, voice: setting("voice"), seed })); } catch { /* full or forbidden: then there is no memory */ }
  },
  restore() {
    try {
      const { takes, open, voice, seed: last } = JSON.parse(localStorage.getItem(this.key));
      desk.takes = takes.map(({ name, original, shaped }) => ({ name, original, history: [original, shaped].slice(JSON.stringify(original) === JSON.stringify(shaped) ? 1 : 0), at: 0, recording: null }));
      for (const take of desk.takes) take.at = take.history.length - 1;
      if (facts.languages[voice]) $("menu-voice").value = voice;
      seed = last;
      openTake(desk.takes.find(take => take.name === open));
    } catch { desk.takes = []; }  // nothing there
  },
};

// ---- files ---------------------------------------------------------------------------------------------------------------------------------
const openFile = attempt(async () => {
  const [file] = $("open").files;
  if (!file) return;
  const content = await file.text();
  $("open").value = "";
  const { prosody } = await ask("file", { prosody: content, name: file.name }, "Reading the file…");
  addTake(file.name.replace(/\.json$/, ""), JSON.parse(prosody));
  desk.take.original = withWords(doc(), unedited);  // what a file was edited from stands in it
  draw();
});

const saveFile = attempt(async () => {
  const { prosody } = await ask("file", { prosody: JSON.stringify(doc()), name: "the prosody" }, "Saving…");
  download(new Blob([prosody], { type: "application/json" }), "prosody.json");
});

const saveSound = attempt(async () => download(new Blob([(await soundOf(doc())).wav], { type: "audio/wav" }), "speech.wav"));

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// ---- changes -------------------------------------------------------------------------------------------------------------------------------
function commit(prosody = draft) {  // a change is done: it can be undone
  draft = null;
  const take = desk.take;
  if (prosody && JSON.stringify(prosody) !== JSON.stringify(take.history[take.at])) {
    take.history = [...take.history.slice(0, take.at + 1), prosody].slice(-200);
    take.at = take.history.length - 1;
  }
  fitHeight(doc().words);
  draw();
}

function showInstead(prosody) {
  draft = prosody === desk.take.history[desk.take.at] ? null : prosody;
  draw();
}

function preview(before, kind, index, value) {  // every chosen unit changes by as much as the one that is held
  const held = before.words[index], from = editOf(held)[kind], factor = from > 0 ? value / from : 1;
  showInstead(withWords(before, (word, at) => {
    if (at !== index && !chosen.has(at)) return word;
    const own = editOf(word)[kind], relative = kind === "range" || kind === "length" && !isPause(word) && !isPause(held);
    const wanted = at === index ? value : relative ? own * factor : kind === "length" && isPause(word) !== isPause(held) ? own : own + value - from;
    return edited(word, kind, wanted);
  }));
}

function step(direction) {
  const take = desk.take, at = take.at + direction;
  if (draft || at < 0 || at >= take.history.length) return;
  take.at = at;
  fitHeight(doc().words);
  draw();
  tell(direction < 0 ? "undone" : "done again");
}

function shape(what) {  // of the chosen units
  const change = { reset: (word, at) => desk.take.original.words[at], mask: leave }[what];
  commit(withWords(doc(), (word, at) => chosen.has(at) ? change(word, at) : word));
  tell(describe(doc().words[first], labels(doc().words)[first]));
}

const copyFrom = attempt(async () => {
  const other = desk.takes.find(take => take.name === $("copy").value), names = labels(doc().words);
  $("copy").value = "";
  if (!other) return;
  const words = [...chosen].sort((a, b) => a - b).map(at => names[at]).join(",");
  const { prosody } = await ask("copy", { prosody: JSON.stringify(doc()), other: JSON.stringify(other.history[other.at]), words }, "Copying…");
  commit(JSON.parse(prosody));
});

// ---- choosing ------------------------------------------------------------------------------------------------------------------------------
function choose(index, how) {
  if (how === "only") chosen = new Set([index]);
  if (how === "toggle") chosen.has(index) && chosen.size > 1 ? chosen.delete(index) : chosen.add(index);
  if (how === "all") chosen = new Set(doc().words.flatMap((word, at) => isPause(word) ? [] : [at]));
  first = chosen.has(index) ? index : [...chosen][0];
  draw();
}

function focusUnit(index) {
  for (const [at, unit] of view.units.entries()) unit.tabIndex = at === index ? 0 : -1;
  if (!chosen.has(index)) choose(index, "only");
}

// ---- sound ---------------------------------------------------------------------------------------------------------------------------------
const soundKey = prosody => setting("voice") + JSON.stringify([prosody.text, prosody.language, prosody.words]);
const heardOf = prosody => desk.sounds.get(soundKey(prosody));

async function soundOf(prosody) {
  const key = soundKey(prosody);
  if (!desk.sounds.has(key)) {
    const said = await ask("say", { prosody: JSON.stringify(prosody), settings: settings(...menuNames.filter(name => name !== "language")) }, "Speaking…");
    desk.sounds.set(key, { ...said, wav: fromBase64(said.sound), sound: null });
    if (desk.sounds.size > 40) desk.sounds.delete(desk.sounds.keys().next().value);
    draw();
  }
  return desk.sounds.get(key);
}

const play = attempt(async () => {
  if (player.playing) return player.stop();
  await hear(0);
});

async function hear(share) {
  player.wake();
  const take = desk.take;
  const entry = desk.side === "recording" ? take.recording : await soundOf(desk.side === "now" ? doc() : take.original);
  await player.decode(entry);
  if (take === desk.take) player.start(entry, share);
}

const chooseSide = side => attempt(async () => {
  if (!desk.take || side === "recording" && !desk.take.recording) return;
  const share = player.playing ? player.position / player.entry.buffer.duration : null;
  desk.side = side;
  draw();
  if (share !== null) await hear(share);
});

// ---- drawing -------------------------------------------------------------------------------------------------------------------------------
function draw() {
  if (!desk.take) return;
  const words = doc().words, take = desk.take, heard = draft ? null : heardOf(doc());
  drawStage(words, chosen, heard?.words);
  drawTakes();
  for (const button of document.querySelectorAll("[data-side]")) {
    button.setAttribute("aria-pressed", button.dataset.side === desk.side);
    if (button.dataset.side === "recording") button.hidden = !take.recording;
  }
  $("play").classList.toggle("on", player.playing);
  $("play").setAttribute("aria-label", player.playing ? "Stop" : "Play");
  $("undo").disabled = take.at === 0;
  $("redo").disabled = take.at === take.history.length - 1;
  if (!asking) $("status").textContent = heard ? `${heard.seconds.toFixed(2)} s, ${setting("voice")}` : "not heard yet";
  $("legend").hidden = !heard;
  document.body.classList.toggle("busy", asking !== null);
  drawPanel(words);
  drawTable(words, heard);
  if (player.playing) requestAnimationFrame(follow); else moveHead(null, null);
  if (!draft) memory.keep();
}

function follow() {
  if (!player.playing) return;
  const heard = heardOf(doc());
  moveHead(heard && player.entry === heard ? heard.words : null, player.position);
  requestAnimationFrame(follow);
}

function drawTakes() {
  const box = $("takes");
  const shown = JSON.stringify([desk.takes.map(take => take.name), desk.take.name]);
  if (box.dataset.shown === shown) return;
  box.dataset.shown = shown;
  box.replaceChildren(...desk.takes.map(take => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: take.name, onclick: () => openTake(take) });
    button.setAttribute("aria-pressed", take === desk.take);
    return button;
  }));
  const others = desk.takes.filter(take => take !== desk.take);
  $("copy").hidden = !others.length;
  $("copy").replaceChildren(new Option("Take from…", ""), ...others.map(take => new Option(take.name, take.name)));
}

function drawPanel(words) {
  const picked = [...chosen].sort((a, b) => a - b).map(at => words[at]), held = words[first];
  const spoken = picked.filter(word => !isPause(word));
  $("chosen").textContent = picked.length === 1 ? (isPause(held) ? "Pause" : held.word) : spoken.length > 6 ? `${spoken.length} words` : picked.map(word => isPause(word) ? "pause" : word.word).join(", ");
  $("mask").disabled = picked.every(isLeft);
  $("reset").disabled = [...chosen].every(at => JSON.stringify(words[at]) === JSON.stringify(desk.take.original.words[at]));
  for (const slider of document.querySelectorAll(".slider")) {
    const kind = slider.dataset.for, input = slider.querySelector("input"), value = editOf(held)[kind];
    slider.hidden = isPause(held) && kind !== "length" || !facts.melody && ["pitch", "rise", "range"].includes(kind);
    input.disabled = !canEdit(held, kind);
    if (kind === "length") [input.min, input.max, input.step] = isPause(held) ? [0, 2000, 10] : [-2, 2, 0.01];
    input.value = kind === "length" && !isPause(held) ? Math.log2(value) : value;
    slider.querySelector(".value").textContent = sayEdit(held, kind);
    input.setAttribute("aria-valuetext", sayEdit(held, kind));
    const share = (clamp(input.value, input.min, input.max) - input.min) / (input.max - input.min);
    input.style.setProperty("--at", `${100 * share}%`);
    input.style.setProperty("--from", `${isPause(held) ? 0 : kind === "range" ? 100 / 3 : 50}%`);
  }
}

function drawTable(words, heard) {
  $("table").hidden = !heard;
  if (!heard) return;
  const cell = (value, name) => value === null ? "–" : name === "duration_ms" ? `${Math.round(value)}` : signed(value);
  const columns = ["duration_ms", "f0_st", "energy_db"].filter(name => name !== "f0_st" || facts.melody);
  const rows = words.flatMap((word, at) => heard.words[at] && !isPause(word) ? [[word, heard.words[at]]] : []);
  const table = document.createElement("table");
  const titles = { duration_ms: "Length, ms", f0_st: "Pitch, st", energy_db: "Loudness, dB" };
  table.innerHTML = `<thead><tr><th rowspan="2" scope="col">Word</th>${columns.map(name => `<th colspan="2" scope="colgroup">${titles[name]}</th>`).join("")}</tr>`
    + `<tr>${columns.map(() => "<th scope=\"col\">asked</th><th scope=\"col\">heard</th>").join("")}</tr></thead><tbody></tbody>`;
  for (const [word, { asked, made }] of rows) {
    const row = table.tBodies[0].insertRow();
    row.appendChild(Object.assign(document.createElement("th"), { scope: "row", textContent: word.word }));
    for (const name of columns) for (const side of [asked, made]) {
      const box = row.insertCell();
      box.textContent = cell(side[name], name);
      if (side === asked && word[name] !== was(word, name)) box.className = "edit";
    }
  }
  $("table").querySelector(".scroll").replaceChildren(table);
  $("summary").textContent = [heard.summary, ...heard.warnings].join(". ");
}

const tell = text => { $("spoken").textContent = text; };

// ---- keys ----------------------------------------------------------------------------------------------------------------------------------
const KEYS = {  // of the stage: what, by how much, and by how much with Shift
  ArrowUp: ["pitch", 0.5, 0.1], ArrowDown: ["pitch", -0.5, -0.1], PageUp: ["loudness", 1, 0.2], PageDown: ["loudness", -1, -0.2],
  "+": ["length", 1.05], "=": ["length", 1.05], "-": ["length", 1 / 1.05],
};

function stageKey(event) {
  const last = view.units.length - 1, at = view.units.indexOf(document.activeElement);
  if (at < 0) return false;
  const goal = { ArrowLeft: Math.max(0, at - 1), ArrowRight: Math.min(last, at + 1), Home: 0, End: last }[event.key];
  if (goal !== undefined) {
    const more = event.shiftKey;
    choose(goal, more ? "add" : "only");
    if (more) chosen.add(goal);
    view.units[goal].focus();
    return draw();
  }
  if (KEYS[event.key]) {
    const [kind, coarse, fine] = KEYS[event.key], word = doc().words[at], now = editOf(word)[kind], by = event.shiftKey && fine || coarse;
    if (!canEdit(word, kind) || kind !== "length" && kind !== "loudness" && !facts.melody) return;
    preview(doc(), kind, at, kind === "length" ? (isPause(word) ? now + (by > 1 ? 25 : -25) : now * by) : Math.round((now + by) * 10) / 10);
    commit();
    return tell(`${textOf(word)}: ${kind} ${sayEdit(doc().words[at], kind)}`);
  }
  const act = { r: () => shape("reset"), t: () => shape("mask"), a: () => choose(at, "all"), delete: () => shape("mask") }[event.key.toLowerCase()];
  if (!act) return false;
  act();
}

document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    if (drag) return cancelDrag();
    asking?.abort();
    return player.stop();
  }
  if (!desk.take || event.altKey) return;
  const typing = event.target.matches("textarea, select, input:not([type=range]):not([type=checkbox])");
  if ((event.ctrlKey || event.metaKey) && !typing) {
    const direction = { z: event.shiftKey ? 1 : -1, y: 1 }[event.key.toLowerCase()];
    if (direction) { event.preventDefault(); step(direction); }
    if (event.key.toLowerCase() !== "a" || !stage.contains(event.target)) return;
  }
  if (typing) return;
  if (event.key === " " && !event.target.matches("button, summary, input, label")) { event.preventDefault(); return play(); }
  const side = { 1: "now", 2: "before", 3: "recording" }[event.key];
  if (side) return chooseSide(side)();
  if (stage.contains(event.target) && stageKey(event) !== false) event.preventDefault();
});

// ---- the page ------------------------------------------------------------------------------------------------------------------------------
function growText() {
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

const display = new Intl.DisplayNames(["en"], { type: "language" });
function languageName(code) { try { return display.of(code); } catch { return code; } }

function makeMenus() {
  for (const menu of facts.menus) {
    const label = Object.assign(document.createElement("label"), { className: "field" });
    const select = Object.assign(document.createElement("select"), { id: `menu-${menu.name}` });
    const options = { voice: name => new Option(`${name} (${languageName(facts.languages[name])})`, name), language: code => new Option(languageName(code), code) };
    select.append(...menu.choices.map(options[menu.name] || (name => new Option(name, name))));
    if (menu.name === "language") select.prepend(new Option("the voice's own", ""));
    select.value = facts.first[menu.name] || select.options[0].value;
    select.addEventListener("change", () => { player.stop(); draw(); });
    label.append(Object.assign(document.createElement("span"), { textContent: menu.label }), select);
    $("menus").append(label);
  }
  $("speaker").append(...facts.speakers.map(name => new Option(name, name)));
  $("known").hidden = !facts.recordings.length;
  $("recordings").append(...facts.recordings.map(each => new Option(`${each.speaker}: ${each.text}`, each.id)));
  $("another-group").hidden = !facts.draws;
}

makeMenus();
growText();
$("composer").addEventListener("submit", shapeText);
$("text").addEventListener("input", growText);
$("text").addEventListener("keydown", event => { if (event.key === "Enter" && !event.shiftKey) shapeText(event); });
$("another").addEventListener("click", anotherTake);
$("read").addEventListener("click", readUpload);
$("use").addEventListener("click", readKnown);
$("open").addEventListener("change", openFile);
$("save").addEventListener("click", saveFile);
$("save-sound").addEventListener("click", saveSound);
$("play").addEventListener("click", play);
$("undo").addEventListener("click", () => step(-1));
$("redo").addEventListener("click", () => step(1));
$("reset").addEventListener("click", () => shape("reset"));
$("mask").addEventListener("click", () => shape("mask"));
$("copy").addEventListener("change", copyFrom);
for (const button of document.querySelectorAll("[data-side]")) button.addEventListener("click", chooseSide(button.dataset.side));
for (const slider of document.querySelectorAll(".slider")) {
  const kind = slider.dataset.for, input = slider.querySelector("input");
  input.addEventListener("input", () => {
    const held = doc().words[first], value = Number(input.value);
    preview(desk.take.history[desk.take.at], kind, first, kind === "length" && !isPause(held) ? 2 ** value : value);
  });
  input.addEventListener("change", () => commit());
}
window.addEventListener("resize", () => { if (desk.take && !drag) { fit(doc().words); draw(); } });
memory.restore();
