import { Frame } from './frame';
import type { Progress } from './progress';

/** A terminal that can be drawn on; `process.stdout` is one. */
export interface Screen {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const REDRAW_MILLISECONDS = 100;
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const UP = (lines: number) => (lines > 0 ? `\x1b[${lines}A` : '');
const CLEAR_BELOW = '\x1b[0J';

/** A list that is redrawn in place, with what is waited for, for a terminal. */
export function liveProgress(screen: Screen): Progress {
  const frame = new Frame();
  let drawn = 0;
  let ended = false;
  const draw = (isLast = false): void => {
    const lines = frame.draw(screen.columns ?? 80);
    // what has left the screen cannot be redrawn; the last time, nothing is redrawn afterwards
    const visible = isLast ? lines : lines.slice(-Math.max(1, (screen.rows ?? 24) - 1));
    screen.write(`\r${UP(drawn)}${CLEAR_BELOW}${visible.join('\n')}\n`);
    drawn = visible.length;
  };
  screen.write(HIDE_CURSOR);
  const showCursor = (): void => void screen.write(SHOW_CURSOR);
  process.once('exit', showCursor);
  const timer = setInterval(draw, REDRAW_MILLISECONDS);
  timer.unref();
  return {
    report: (event) => frame.take(event),
    say: (note) => {
      frame.say(note);
      draw();
    },
    end: async () => {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      frame.end();
      draw(true);
      process.off('exit', showCursor);
      showCursor();
    },
  };
}
