// One sound at a time, and where it is.
const player = {
  context: null, source: null, entry: null, zero: 0,
  get playing() { return this.source !== null; },
  get position() { return this.playing ? clamp(this.context.currentTime - this.zero, 0, this.entry.buffer.duration) : 0; },
  wake() {
    this.context = this.context || new (window.AudioContext || window.webkitAudioContext)();
    if (this.context.state !== "running") this.context.resume();
    return this.context;
  },
  async decode(entry) {  // {wav} gets its buffer
    entry.buffer = entry.buffer || await this.wake().decodeAudioData(entry.wav.slice().buffer);
    return entry;
  },
  start(entry, share = 0) {
    this.stop();
    const context = this.wake(), at = share * entry.buffer.duration;
    this.source = context.createBufferSource();
    this.source.buffer = entry.buffer;
    this.source.connect(context.destination);
    this.source.onended = () => { this.source = null; draw(); };
    this.entry = entry;
    this.zero = context.currentTime - at;
    this.source.start(0, at);
    draw();
  },
  stop() {
    if (!this.source) return;
    this.source.onended = null;
    this.source.stop();
    this.source = null;
    draw();
  },
};

const fromBase64 = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
