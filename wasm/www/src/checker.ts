/** The worker, as functions that return promises. */

import { CodedError, type CallName, type Calls, type Response } from "./types.ts";

/** How long an answer may take before one asks whether there is still somebody to give it. */
const PATIENCE_MS = 10_000;

interface Waiting {
  resolve(value: never): void;
  reject(error: Error): void;
}

export class Checker {
  private worker: Worker | null = null;
  /** Why there is no worker any more. */
  private ended: CodedError | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;
  private timer: number | undefined;

  /** `overdue` is told when nothing has been answered for long, and when something has. */
  constructor(
    private readonly script: string | URL,
    private readonly overdue: (overdue: boolean) => void,
  ) {
    this.begin();
  }

  /** Rejects with a [`CodedError`]. */
  call<N extends CallName>(name: N, takes: Calls[N]["takes"]): Promise<Calls[N]["gives"]> {
    const { worker, ended } = this;
    if (!worker) return Promise.reject(ended ?? new CodedError("worker", "it was never started"));
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      worker.postMessage({ call, name, takes });
      this.waiting.set(call, { resolve, reject });
      if (this.waiting.size === 1) this.watch();
    });
  }

  /** Gives up whatever is under way, with the code `interrupted`, and begins anew with a worker that knows nothing. */
  restart(): void {
    this.end(new CodedError("interrupted", "the verifier was stopped while it was checking this"));
    this.begin();
  }

  private begin(): void {
    const worker = new Worker(this.script, { type: "module", name: "popw" });
    worker.onmessage = ({ data }: MessageEvent<Response>) => this.answered(data);
    // A failure that the worker has not caught itself: what state it left the rest in, nobody knows.
    worker.onerror = (event) => this.failed(worker, event.message || "its script could not be loaded");
    worker.onmessageerror = () => this.failed(worker, "its answer could not be read");
    this.worker = worker;
    this.ended = null;
  }

  private answered(data: Response): void {
    const call = this.waiting.get(data.call);
    if (!call) return;
    this.waiting.delete(data.call);
    this.watch();
    if ("gives" in data) call.resolve(data.gives as never);
    else call.reject(new CodedError(data.code, data.message));
  }

  private failed(worker: Worker, why: string): void {
    if (worker === this.worker) this.end(new CodedError("worker", why));
  }

  /** No more answers: whoever waits for one is told, and whoever asks. */
  private end(why: CodedError): void {
    this.worker?.terminate();
    this.worker = null;
    this.ended = why;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    this.watch();
    for (const { reject } of waiting) reject(why);
  }

  /** A worker can die without a word, of its memory for one: then the next answer never comes. */
  private watch(): void {
    clearTimeout(this.timer);
    this.overdue(false);
    if (this.waiting.size > 0) this.timer = setTimeout(() => this.overdue(true), PATIENCE_MS);
  }
}
