/** What happens when something is given to the page: read, verify, show. */

import { Checker } from "./checker.ts";
import { whole } from "./format.ts";
import * as intake from "./intake.ts";
import { LIMITS } from "./limits.ts";
import { empty, epochFor, type State } from "./state.ts";
import type { BundledKey, CodedError } from "./types.ts";
import { unusable } from "./words.ts";

/** Codes after which the worker answers nothing more: its script, the WebAssembly file, or the instance is gone. */
const STOPPED = new Set(["worker", "load", "internal", "disposed"]);

/** What the build put beside the page. */
export interface Manifest {
  keys: BundledKey[];
  examples: { name: string; file: string; claim: string; system: string }[];
  exampleEpoch: string;
}

export class App {
  readonly state: State = empty();
  private ids = 0;
  private work: Promise<void> = Promise.resolve();
  private pending = 0;
  /** Whether a proof of the present change is selected already: of several it is the first. */
  private chosen = false;

  constructor(
    private readonly checker: Checker,
    readonly manifest: Manifest,
    private readonly show: (app: App, change: { added: boolean }) => void,
    private readonly busy: (busy: boolean) => void,
  ) {}

  /** Starts the verifier, so that it is ready when the first proof comes. */
  start(): void {
    this.queue(async () => {
      this.state.version = (await this.checker.call("start", { bundled: this.manifest.keys })).version;
      return false;
    });
  }

  addFiles(files: File[]): void {
    this.queue(async () => {
      const taken = files.slice(0, LIMITS.files);
      if (taken.length < files.length) {
        this.notice(`${whole(files.length)} files`, `only the first ${whole(LIMITS.files)} were read`);
      }
      let added = false;
      for (const file of taken) {
        for (const item of await intake.fromFile(file)) added = (await this.take(item)) || added;
      }
      return added;
    });
  }

  addText(name: string, text: string): void {
    this.addItems(intake.fromText(name, text));
  }

  addItems(items: intake.Item[]): void {
    this.queue(async () => {
      let added = false;
      for (const item of items) added = (await this.take(item)) || added;
      return added;
    });
  }

  /** One of the page's own examples. */
  addExample(file: string, name: string): void {
    this.queue(async () => {
      this.state.example = true;
      return this.own(file, name);
    });
  }

  addExampleEpoch(): void {
    this.queue(() => this.own(this.manifest.exampleEpoch, "example epoch"));
  }

  select(id: number): void {
    this.state.selected = id;
    this.show(this, { added: false });
  }

  removeProof(id: number): void {
    const { proofs } = this.state;
    const at = proofs.findIndex((proof) => proof.id === id);
    this.state.proofs = proofs.filter((proof) => proof.id !== id);
    if (this.state.selected === id) {
      this.state.selected = (this.state.proofs[at] ?? this.state.proofs.at(-1))?.id ?? null;
    }
    this.queue(async () => false);
  }

  removeEpoch(id: number): void {
    this.state.epochs = this.state.epochs.filter((epoch) => epoch.id !== id);
    this.queue(async () => false);
  }

  removeKey(id: number): void {
    const key = this.state.keys.find((key) => key.id === id);
    this.state.keys = this.state.keys.filter((other) => other.id !== id);
    this.queue(async () => {
      if (key?.usable) await this.checker.call("forgetKey", { digest: key.digest });
      return false;
    });
  }

  removeSpent(): void {
    this.state.spent = null;
    this.queue(async () => {
      await this.checker.call("spent", { nullifiers: null });
      return false;
    });
  }

  dismiss(id: number): void {
    this.state.notices = this.state.notices.filter((notice) => notice.id !== id);
    this.show(this, { added: false });
  }

  clear(): void {
    const { keys, version, broken } = this.state;
    Object.assign(this.state, empty(), { version, broken });
    this.queue(async () => {
      for (const key of keys) if (key.usable) await this.checker.call("forgetKey", { digest: key.digest });
      await this.checker.call("spent", { nullifiers: null });
      return false;
    });
  }

  /** One change after the other; after each, all proofs are verified against what is known then. */
  private queue(change: () => Promise<boolean>): void {
    if (++this.pending === 1) this.busy(true);
    // What is wrong with one change, were it the page's own fault, does not keep the next from being made.
    this.work = this.work.then(() => this.make(change)).catch(reportError);
  }

  private async make(change: () => Promise<boolean>): Promise<void> {
    let added = false;
    this.chosen = false;
    try {
      if (this.state.broken === null) {
        added = await change();
        await this.verify();
      }
    } catch (error) {
      this.failed(error as CodedError);
    } finally {
      if (--this.pending === 0) this.busy(false);
    }
    this.show(this, { added });
  }

  /** Where the verifier itself has stopped, or never started, nothing works any more. */
  private failed({ code, message }: CodedError): void {
    if (this.state.version === "" || STOPPED.has(code)) this.state.broken = message;
    else this.notice("This page", unusable(code, message));
  }

  private async verify(): Promise<void> {
    const { proofs, epochs } = this.state;
    if (proofs.length === 0) return;
    for (const proof of proofs) proof.epoch = epochFor(epochs, proof);
    const items = proofs.map(({ id, bytes, epoch }) => ({ id, bytes, epoch: epoch?.text ?? null }));
    const results = new Map((await this.checker.call("check", { items })).map((checked) => [checked.id, checked]));
    for (const proof of proofs) proof.checked = results.get(proof.id) ?? null;
  }

  /** Whether it was a proof. What cannot be used is said, and nothing else changes. */
  private async take(item: intake.Item, depth = 0): Promise<boolean> {
    try {
      switch (item.kind) {
        case "refused":
          this.notice(item.name, item.why);
          return false;
        case "proof":
          return await this.takeProof(item.name, item.bytes);
        case "epoch":
          await this.takeEpoch(item.name, item.text);
          return false;
        case "key":
          await this.takeKey(item.name, item.file);
          return false;
        case "spent":
          await this.takeSpent(item.name, item.nullifiers);
          return false;
        case "picture":
          return await this.takePicture(item.name, item.blob, depth);
      }
    } catch (error) {
      const { code, message } = error as CodedError;
      if (STOPPED.has(code)) throw error;
      this.notice(item.name, unusable(code, message));
      return false;
    }
  }

  private async takeProof(name: string, bytes: Uint8Array): Promise<boolean> {
    const inspected = await this.checker.call("inspect", { bytes });
    const known = this.state.proofs.find(({ compact }) => same(compact, inspected.compact));
    if (!known && this.state.proofs.length >= LIMITS.proofs) {
      this.notice(name, `there are ${whole(LIMITS.proofs)} proofs already; clear them first`);
      return false;
    }
    const id = known?.id ?? ++this.ids;
    if (!known) this.state.proofs.push({ ...inspected, id, name, bytes, epoch: null, checked: null });
    if (!this.chosen) this.state.selected = id;
    this.chosen = true;
    return true;
  }

  private async takeEpoch(name: string, text: string): Promise<void> {
    const content = await this.checker.call("epoch", { text });
    const others = this.state.epochs.filter(
      (epoch) => epoch.content.domain_id !== content.domain_id || epoch.content.epoch !== content.epoch,
    );
    if (others.length >= LIMITS.epochs) {
      this.notice(name, `there are ${whole(LIMITS.epochs)} epoch files already; remove one first`);
      return;
    }
    this.state.epochs = [...others, { id: ++this.ids, name, text, content }];
  }

  private async takeKey(name: string, file: Uint8Array): Promise<void> {
    if (this.state.keys.length >= LIMITS.keys) {
      this.notice(name, `there are ${whole(LIMITS.keys)} keys already; remove one first`);
      return;
    }
    const key = await this.checker.call("key", { file });
    const others = this.state.keys.filter((other) => !other.usable || other.digest !== key.digest);
    this.state.keys = [...others, { ...key, id: ++this.ids, name }];
  }

  private async takeSpent(name: string, nullifiers: string[]): Promise<void> {
    const before = this.state.spent ?? { names: [], nullifiers: [] };
    const all = [...new Set([...before.nullifiers, ...nullifiers])];
    await this.checker.call("spent", { nullifiers: all });
    this.state.spent = { names: [...before.names, name], nullifiers: all };
  }

  private async takePicture(name: string, picture: Blob, depth: number): Promise<boolean> {
    const { text } = await this.checker.call("picture", { picture });
    if (text === null) {
      this.notice(name, "no QR code was found in this picture; try a sharper one, with the whole code and its white border");
      return false;
    }
    let added = false;
    for (const item of intake.fromText(`${name} (QR code)`, text)) {
      added = (depth === 0 && (await this.take(item, depth + 1))) || added;
    }
    return added;
  }

  private async own(file: string, name: string): Promise<boolean> {
    const response = await fetch(file);
    if (!response.ok) {
      this.notice(name, "the page's own example could not be loaded");
      return false;
    }
    let added = false;
    for (const item of intake.fromBytes(name, new Uint8Array(await response.arrayBuffer()))) {
      added = (await this.take(item)) || added;
    }
    return added;
  }

  private notice(name: string, text: string): void {
    this.state.notices = [...this.state.notices, { id: ++this.ids, name, text }].slice(-LIMITS.notices);
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
