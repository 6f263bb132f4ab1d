// A prosody file's words and pauses, and the changes that a hand makes in the file: numbers of a word other than `measured` are its edit.
// Nothing is changed in place, so that what was before can be undone and compared.
const { limits: LIMITS, measures: MEASURES } = JSON.parse(document.getElementById("data").textContent);
const DECIMALS = { duration_ms: 1, f0_st: 2, f0_range_st: 2, f0_slope_st_s: 1, energy_db: 1 };

const isPause = word => "pause" in word;
const textOf = word => word.word ?? word.pause;
const was = (word, name) => word.measured[MEASURES.indexOf(name)];
const isEdited = word => MEASURES.some(name => word[name] !== was(word, name));
const isLeft = word => word.acoustic === null && word.timing === null;  // to the text
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const round = (value, name) => Number(value.toFixed(DECIMALS[name])) + 0;

function labels(words) {  // as `tts prosody show` numbers them: 1, 2, … and p1, p2, …
  let spoken = 0, pauses = 0;
  return words.map(word => isPause(word) ? `p${++pauses}` : `${++spoken}`);
}

// The five edits of a word as a person thinks of them, relative to what was measured; of a pause only its length, in ms.
function editOf(word) {
  const off = name => (word[name] ?? 0) - (was(word, name) ?? 0);
  return {
    pitch: off("f0_st"), length: isPause(word) ? word.duration_ms : word.duration_ms / was(word, "duration_ms"), loudness: off("energy_db"),
    rise: off("f0_slope_st_s"), range: was(word, "f0_range_st") ? word.f0_range_st / was(word, "f0_range_st") : 1,
  };
}

function canEdit(word, kind) {
  if (kind === "length") return true;
  if (isPause(word)) return false;
  return kind === "loudness" ? was(word, "energy_db") !== null : kind === "range" ? was(word, "f0_range_st") >= 0.05 : true;
}

const CHANGES = {
  pitch: (word, value) => ["f0_st", (was(word, "f0_st") ?? 0) + clamp(value, ...LIMITS.semitones)],
  length: (word, value) => ["duration_ms", isPause(word) ? clamp(value, ...LIMITS.pause_ms) : was(word, "duration_ms") * clamp(value, ...LIMITS.stretch)],
  loudness: (word, value) => ["energy_db", was(word, "energy_db") + clamp(value, ...LIMITS.gain_db)],
  rise: (word, value) => ["f0_slope_st_s", (was(word, "f0_slope_st_s") ?? 0) + clamp(value, ...LIMITS.slope)],
  range: (word, value) => ["f0_range_st", was(word, "f0_range_st") * clamp(value, ...LIMITS.f0_range)],
};

function edited(word, kind, value) {  // the word with one of its five edits set
  if (!canEdit(word, kind)) return word;
  const [name, wanted] = CHANGES[kind](word, value);
  const before = was(word, name), after = round(wanted, name);
  const untouched = Math.abs(wanted - (before ?? 0)) < 0.5 * 10 ** -DECIMALS[name];
  return { ...word, [name]: untouched ? before : name === "duration_ms" && !isPause(word) ? Math.max(after, 1) : after };
}

const unedited = word => MEASURES.reduce((back, name) => ({ ...back, [name]: was(word, name) }), word);
const leave = word => ({ ...word, acoustic: null, timing: null });

function withWords(prosody, change) {
  return { ...prosody, words: prosody.words.map(change) };
}
