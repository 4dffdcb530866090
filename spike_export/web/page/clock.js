// Which time the film shows, and how it passes.

export class Clock {
  // `pace` is in units of the film's time per second.
  constructor(begin, end, pace) {
    Object.assign(this, { begin, end, pace, time: begin });
    this.speed = 1;
    this.loop = true;
    this.playing = false;
  }

  // Let so many seconds pass.
  pass(seconds) {
    const span = this.end - this.begin;
    let time = this.time + seconds * this.pace * this.speed;
    if (time >= this.end && this.loop && span > 0) {
      time = this.begin + ((time - this.begin) % span);
    } else if (time >= this.end) {
      time = this.end;
      this.playing = false;
    }
    this.time = time;
  }

  // Begin again from the end, or go on.
  play() {
    if (this.time >= this.end) this.time = this.begin;
    this.playing = true;
  }

  // Go to a time.
  seek(time) {
    this.time = Math.min(Math.max(time, this.begin), this.end);
  }
}
