import { answer, type Answer } from "../views/place";

const PAUSE_MS = 90;

/**
 * Words as they are typed, asked about one after another. Whatever was asked before is aborted, and
 * an answer that comes in spite of that is dropped: only the newest words are ever answered.
 */
export class Asking<T> {
  private turn = 0;
  private timer = 0;
  private stop: AbortController | null = null;

  constructor(
    private readonly ask: (words: string, signal: AbortSignal) => Promise<T>,
    private readonly told: (outcome: Answer<T>) => void,
  ) {}

  about(words: string): void {
    this.forget();
    const turn = this.turn;
    this.timer = window.setTimeout(() => void this.send(words, turn), PAUSE_MS);
  }

  forget(): void {
    this.turn += 1;
    clearTimeout(this.timer);
    this.stop?.abort();
    this.stop = null;
  }

  private async send(words: string, turn: number): Promise<void> {
    this.stop = new AbortController();
    const outcome = await answer(this.ask(words, this.stop.signal));
    if (turn === this.turn) this.told(outcome);
  }
}
