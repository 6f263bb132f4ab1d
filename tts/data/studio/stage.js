// The words as blocks: width is length, height is pitch, slant is rise, shade is loudness. Pauses lie below. Blocks are kept from drawing to
// drawing, so that focus and a finger's hold stay; what a drag asks for is handed to `shape` of page.js.
const stage = document.getElementById("stage"), lane = document.getElementById("lane");
const LEAST_WIDTH = { word: 18, pause: 14 }, THICK = 30, LABEL = 24, BOTTOM = 46, TOP = 34, STEEPEST = 0.45;

const view = { scale: 300, semitones: 6, height: 300, places: [], units: [] };  // places: {left, width} of each unit

const ink = document.createElement("canvas").getContext("2d");
function labelWidth(text) {
  ink.font = "500 15px system-ui, sans-serif";
  return ink.measureText(text).width;
}

function fit(words) {  // a scale that most labels fit in, and that fills the window with a short sentence
  const seconds = words.reduce((sum, word) => sum + word.duration_ms, 0) / 1000 || 1;
  const needed = words.filter(word => !isPause(word)).map(word => (labelWidth(word.word) + 8) / (word.duration_ms / 1000)).sort((a, b) => a - b);
  const legible = clamp(needed[Math.floor(0.9 * (needed.length - 1))] || 0, 160, 420);
  view.scale = Math.max(legible, Math.min((stage.clientWidth - 64) / seconds, 420));
  fitHeight(words);
}

function fitHeight(words) {
  view.height = window.innerWidth < 600 ? 280 : 330;
  const heights = words.map(word => Math.abs(word.f0_st ?? 0));
  view.semitones = Math.max(5, Math.ceil(Math.max(...heights) + 1));
}

const perSemitone = () => (view.height - TOP - LABEL - BOTTOM - THICK) / (2 * view.semitones);
const heightOf = semitones => TOP + LABEL + THICK / 2 + (view.semitones - clamp(semitones, -view.semitones, view.semitones)) * perSemitone();

function drawStage(words, chosen, heard) {
  stage.style.height = `${view.height}px`;
  drawGrid();
  while (view.units.length > words.length) view.units.pop().remove();
  while (view.units.length < words.length) view.units.push(lane.appendChild(makeUnit(view.units.length)));
  let left = 48;
  const names = labels(words);
  view.places = words.map((word, index) => {
    const width = Math.max(word.duration_ms / 1000 * view.scale, LEAST_WIDTH[isPause(word) ? "pause" : "word"]);
    drawUnit(view.units[index], word, names[index], left, width, chosen.has(index), heard && heard[index]);
    left += width;
    return { left: left - width, width };
  });
  lane.style.width = `${left + 16}px`;
  if (!view.units.some(unit => unit.tabIndex === 0) && view.units.length) view.units[0].tabIndex = 0;
}

function drawGrid() {
  const lines = [], apart = 3 * perSemitone() < 26 ? 6 : 3;
  for (let semitones = -view.semitones + view.semitones % apart; semitones <= view.semitones; semitones += apart) {
    const shown = semitones ? `${semitones > 0 ? "+" : "−"}${Math.abs(semitones)} st` : "median";
    lines.push(`<i class="line${semitones ? "" : " middle"}" style="top:${heightOf(semitones)}px"><b>${shown}</b></i>`);
  }
  const grid = lane.querySelector(".grid") || lane.appendChild(Object.assign(document.createElement("div"), { className: "grid", ariaHidden: "true" }));
  const html = lines.join("");
  if (grid.dataset.html !== html) { grid.innerHTML = html; grid.dataset.html = html; }
  if (!lane.querySelector(".head")) lane.appendChild(Object.assign(document.createElement("div"), { className: "head", hidden: true }));
}

function makeUnit(index) {
  const unit = document.createElement("div");
  unit.setAttribute("role", "option");
  unit.tabIndex = -1;
  unit.dataset.index = index;
  unit.innerHTML = '<span class="name"></span><i class="body"></i><i class="heard"></i><i class="grip" data-drag="length" title="length"></i><i class="knob" data-drag="loudness" title="loudness"></i><span class="readout" hidden></span>';
  unit.addEventListener("pointerdown", event => beginDrag(event, index));
  unit.addEventListener("focus", () => focusUnit(index));
  unit.addEventListener("dblclick", () => shape("reset"));
  return unit;
}

function drawUnit(unit, word, label, left, width, isChosen, heard) {
  const pause = isPause(word), part = name => unit.querySelector(name);
  const classes = { unit: true, word: !pause, pause, chosen: isChosen, edited: isEdited(word), left: isLeft(word), flat: !pause && word.f0_st === null };
  unit.className = Object.keys(classes).filter(name => classes[name]).join(" ");
  unit.setAttribute("aria-selected", isChosen);
  unit.setAttribute("aria-label", describe(word, label));
  const middle = heightOf(word.f0_st ?? 0);
  unit.style.cssText = `left:${left}px;width:${width}px;` + (pause ? `top:${view.height - BOTTOM + 8}px` : `top:${middle - THICK / 2 - LABEL}px`);
  part(".name").textContent = pause ? (width > 58 ? "pause" : "") : word.word;
  if (pause) return;
  const rise = clamp((word.f0_slope_st_s ?? 0) * word.duration_ms / 1000 * perSemitone(), -STEEPEST * width, STEEPEST * width);
  const loud = clamp(0.62 + (word.energy_db ?? -9) / 11, 0.1, 1);
  part(".body").style.cssText = `--loud:${Math.round(100 * loud)}%;transform:skewY(${(-Math.atan2(rise, width)).toFixed(4)}rad)`;
  // The name stands clear of a slanting edge.
  part(".name").style.bottom = `${THICK + 2 + Math.abs(rise) / width * Math.min(labelWidth(word.word), width) / 2}px`;
  part(".heard").hidden = !heard || heard.made.f0_st === null;
  if (!part(".heard").hidden) {
    part(".heard").style.cssText = `width:${heard.made.duration_ms / 1000 * view.scale}px;top:${LABEL + THICK / 2 + heightOf(heard.made.f0_st) - middle - 1}px`;
  }
}

function describe(word, label) {
  const parts = [isPause(word) ? `pause ${label.slice(1)}` : `${word.word}, word ${label}`, `${Math.round(word.duration_ms)} milliseconds`];
  if (!isPause(word)) parts.push(word.f0_st === null ? "no pitch" : `${signed(word.f0_st)} semitones`, word.energy_db === null ? "no level" : `${signed(word.energy_db)} decibels`);
  if (isEdited(word)) parts.push("edited");
  if (isLeft(word)) parts.push("left to the text");
  return parts.join(", ");
}

const signed = (value, decimals = 1) => `${value < -0.5 * 10 ** -decimals ? "−" : value >= 0.5 * 10 ** -decimals ? "+" : ""}${Math.abs(value).toFixed(decimals)}`;

// ---- dragging: up and down is pitch, sideways length, the knob loudness; the first few pixels say which ------------------------------------
let drag = null;
function beginDrag(event, index) {
  if (event.button || drag) return;
  event.preventDefault();
  const more = event.shiftKey || event.ctrlKey || event.metaKey;
  choose(index, more ? "toggle" : chosen.has(index) ? "keep" : "only");
  view.units[index].focus({ preventScroll: true });
  drag = { index, kind: event.target.dataset.drag || null, x: event.clientX, y: event.clientY, unit: view.units[index], before: doc(), only: !more };
  drag.edit = editOf(drag.before.words[index]);
  drag.unit.setPointerCapture(event.pointerId);
  drag.unit.addEventListener("pointermove", moveDrag);
  drag.unit.addEventListener("pointerup", endDrag);
  drag.unit.addEventListener("pointercancel", cancelDrag);
}

function moveDrag(event) {
  const right = event.clientX - drag.x, up = drag.y - event.clientY, word = drag.before.words[drag.index];
  if (!drag.kind) {
    if (Math.hypot(right, up) < 5) return;
    drag.kind = isPause(word) || Math.abs(right) > Math.abs(up) ? "length" : "pitch";
  }
  drag.moved = true;
  const milliseconds = word.duration_ms + 1000 * right / view.scale;
  const target = { pitch: drag.edit.pitch + up / perSemitone(), loudness: drag.edit.loudness + up / 6,
                   length: isPause(word) ? milliseconds : Math.max(1, milliseconds) / was(word, "duration_ms") }[drag.kind];
  const snapped = drag.kind === "length" ? target : Math.round(target * 10) / 10;
  preview(drag.before, drag.kind, drag.index, snapped);
  const shown = doc().words[drag.index], readout = drag.unit.querySelector(".readout");
  readout.hidden = false;
  readout.textContent = sayEdit(shown, drag.kind);
}

function endDrag(event) {
  const { moved, only, index } = drag;
  finishDrag();
  if (moved) commit(); else if (only && !event.shiftKey) choose(index, "only");
}

function cancelDrag() {
  const { before } = drag;
  finishDrag();
  showInstead(before);
}

function finishDrag() {
  drag.unit.querySelector(".readout").hidden = true;
  drag.unit.removeEventListener("pointermove", moveDrag);
  drag.unit.removeEventListener("pointerup", endDrag);
  drag.unit.removeEventListener("pointercancel", cancelDrag);
  drag = null;
}

function sayEdit(word, kind) {  // in words of the panel and of the screen reader
  const edit = editOf(word);
  if (kind === "pitch") return `${signed(edit.pitch)} st`;
  if (kind === "loudness") return `${signed(edit.loudness)} dB`;
  if (kind === "rise") return `${signed(edit.rise, 0)} st/s`;
  if (kind === "range") return `× ${edit.range.toFixed(2)}`;
  return isPause(word) ? `${Math.round(word.duration_ms)} ms` : `${Math.round(word.duration_ms)} ms${Math.abs(edit.length - 1) > 0.004 ? ` × ${edit.length.toFixed(2)}` : ""}`;
}

// ---- where the sound is --------------------------------------------------------------------------------------------------------------------
function moveHead(heard, seconds) {
  const head = lane.querySelector(".head");
  const index = heard && seconds !== null ? heard.findIndex(unit => unit && seconds < unit.end) : -1;
  head.hidden = index < 0;
  if (head.hidden) return;
  const { left, width } = view.places[index], unit = heard[index];
  const share = clamp((seconds - unit.start) / (unit.end - unit.start), 0, 1);
  head.style.left = `${left + share * width}px`;
  const at = left + share * width - stage.scrollLeft;
  if (at > stage.clientWidth - 40 || at < 0) stage.scrollLeft = left - 60;
}
