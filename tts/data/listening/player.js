// All of a page's sounds run at once and one of them is heard, so that switching keeps the moment and leaves no gap.
class Player {
  constructor() { this.context = null; this.buffers = {}; this.clear(); }
  clear() { this.halt(); this.buffers = {}; this.gains = {}; this.current = null; this.at = 0; this.heard = {}; this.plays = {}; this.loop = $("loop").checked; }
  get playing() { return this.sources.length > 0; }
  get duration() { return Math.max(0, ...Object.values(this.buffers).map(buffer => buffer.duration)); }
  get position() {
    if (!this.playing) return this.at;
    const at = Math.max(0, this.context.currentTime - this.zero);
    return this.loop ? at % this.duration : Math.min(at, this.duration);
  }
  wake() {
    if (!this.context) {
      const Context = window.AudioContext || window.webkitAudioContext;
      try { this.context = new Context({ sampleRate: 48000 }); } catch { this.context = new Context(); }
    }
    if (this.context.state !== "running") this.context.resume();
    return this.context;
  }
  async bytes(file) {
    const inside = document.querySelector(`script[data-sound="${file}"]`);
    if (inside) return Uint8Array.from(atob(inside.textContent), letter => letter.charCodeAt(0)).buffer;
    const response = await fetch(file);
    if (!response.ok) throw new Error(`${file}: ${response.status}`);
    return response.arrayBuffer();
  }
  async load(files) {  // {name: file}; resolves to false when another page was asked for meanwhile
    this.clear();
    const context = this.wake(), mine = this.wanted = {};
    const loaded = await Promise.all(Object.entries(files).map(async ([name, file]) => [name, await context.decodeAudioData(await this.bytes(file))]));
    if (this.wanted !== mine) return false;
    this.buffers = Object.fromEntries(loaded);
    return true;
  }
  halt() {
    for (const source of this.sources || []) { source.onended = null; source.stop(); }
    this.sources = [];
  }
  account() {  // what was heard since the last time
    if (!this.playing) return;
    const now = Math.max(this.zero, this.context.currentTime);
    const end = this.loop ? now : Math.min(now, this.zero + this.duration);
    if (this.current && end > this.since) this.heard[this.current] = (this.heard[this.current] || 0) + end - this.since;
    this.since = Math.max(this.since, end);
  }
  start(at = this.at) {
    const context = this.wake(), when = context.currentTime + 0.03;
    this.halt();
    if (at >= this.duration - 0.02) at = 0;
    this.zero = when - at;
    this.since = when;
    for (const [name, buffer] of Object.entries(this.buffers)) {
      const source = context.createBufferSource(), gain = this.gains[name] = context.createGain();
      source.buffer = buffer;
      source.loop = this.loop;
      gain.gain.value = name === this.current ? 1 : 0;
      source.connect(gain).connect(context.destination);
      source.start(when, at);
      this.sources.push(source);
    }
    this.sources[0].onended = () => { this.account(); this.halt(); this.at = 0; draw(); };
    this.plays[this.current] = (this.plays[this.current] || 0) + 1;
    draw();
  }
  pause() { this.account(); this.at = this.position; this.halt(); draw(); }
  toggle() { this.playing ? this.pause() : this.start(); }
  choose(name) {
    if (!(name in this.buffers)) return;
    this.account();
    const before = this.current;
    this.current = name;
    if (!this.playing) return this.start();
    if (before === name) return;
    const now = this.context.currentTime;
    for (const [other, gain] of Object.entries(this.gains)) {
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(other === name ? 1 : 0, now + 0.01);
    }
    this.plays[name] = (this.plays[name] || 0) + 1;
    draw();
  }
  seek(share) {
    const at = share * this.duration;
    if (this.playing) { this.account(); this.start(at); } else { this.at = at; draw(); }
  }
  repeat(loop) {
    const at = this.position;
    this.account();
    this.loop = loop;
    if (this.playing) this.start(at);
  }
  enough(name) { return (this.heard[name] || 0) >= test.must_hear * this.duration; }
}
