/** The worker, as functions that return promises. */

import { CodedError, type CallName, type Calls, type Response } from "./types.ts";

export class Checker {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, { resolve(value: never): void; reject(error: Error): void }>();
  private calls = 0;

  constructor(script: string | URL) {
    this.worker = new Worker(script, { type: "module", name: "popw" });
    this.worker.onmessage = ({ data }: MessageEvent<Response>) => {
      const call = this.waiting.get(data.call);
      this.waiting.delete(data.call);
      if ("gives" in data) call?.resolve(data.gives as never);
      else call?.reject(new CodedError(data.code, data.message));
    };
    this.worker.onerror = (event) => {
      const why = event.message || "its script could not be loaded";
      for (const call of this.waiting.values()) call.reject(new CodedError("worker", why));
      this.waiting.clear();
    };
  }

  /** Rejects with a [`CodedError`]. */
  call<N extends CallName>(name: N, takes: Calls[N]["takes"]): Promise<Calls[N]["gives"]> {
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.worker.postMessage({ call, name, takes });
    });
  }
}
