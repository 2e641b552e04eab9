/** What happens when something is given to the page: read, verify, show. */

import { Checker } from "./checker.ts";
import { foreign, whole } from "./format.ts";
import * as intake from "./intake.ts";
import { LIMITS } from "./limits.ts";
import type { Source } from "./source.ts";
import { empty, epochFor, type State } from "./state.ts";
import { CodedError, type BundledKey } from "./types.ts";
import { unusable } from "./words.ts";

/** Codes after which the worker answers nothing more: its script, the WebAssembly file, or the instance is gone. */
const STOPPED = new Set(["worker", "load", "internal", "disposed"]);
/** The code of what was under way when the user put another verifier in the place of the old one. */
const INTERRUPTED = "interrupted";

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
    this.queue(() => this.begin());
  }

  /** Puts another verifier in the place of one that has stopped, or answers no more. What was under way is given up. */
  restart(): void {
    this.checker.restart();
    this.state.broken = null;
    const begun = this.begin();
    // Where it fails, the queue says so; that can be a while later.
    begun.catch(() => {});
    this.queue(() => begun);
    this.show(this, { added: false });
  }

  /** Asks a new verifier for all at once, before anything else is: it answers in the order that it is asked. */
  private async begin(): Promise<boolean> {
    const { keys, spent } = this.state;
    const started = this.checker.call("start", { bundled: this.manifest.keys });
    const given: Promise<unknown>[] = keys.filter(({ usable }) => usable).map(({ file }) => this.checker.call("key", { file }));
    if (spent) given.push(this.checker.call("spent", { nullifiers: spent.nullifiers }));
    await Promise.all([started, ...given]);
    this.state.version = (await started).version;
    return false;
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

  /** Text that was pasted or dropped. */
  addText(name: string, text: string): void {
    this.addItems(intake.fromText({ kind: "text", name }, text));
  }

  /** The text of a QR code. */
  addCode(name: string, text: string): void {
    this.addItems(intake.fromCode(name, text));
  }

  /** The camera gave no code: there is none to use, or what looks at its pictures has stopped. */
  cameraFailed(error: unknown): void {
    this.queue(async () => {
      if (error instanceof CodedError) throw error;
      this.notice("Camera", "there is no camera that this page may use");
      return false;
    });
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
    this.queue(() => this.own(file, name));
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
      // A list that was being read meanwhile has gone with the others.
      this.state.spent = null;
      await this.checker.call("spent", { nullifiers: null });
      return false;
    });
  }

  dismiss(id: number): void {
    this.state.notices = this.state.notices.filter((notice) => notice.id !== id);
    this.show(this, { added: false });
  }

  clear(): void {
    const before = this.emptied();
    this.queue(async () => {
      // So has what was being read meanwhile.
      const keys = [...before, ...this.emptied()];
      for (const key of keys) if (key.usable) await this.checker.call("forgetKey", { digest: key.digest });
      await this.checker.call("spent", { nullifiers: null });
      return false;
    });
  }

  /** Leaves nothing but the verifier; gives the keys that it has. */
  private emptied(): State["keys"] {
    const { keys, version, broken } = this.state;
    Object.assign(this.state, empty(), { version, broken });
    return keys;
  }

  /** The verifier has not answered for long: no verdict is shown that it may be about to change. */
  overdue(): void {
    this.forget();
    this.show(this, { added: false });
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

  /** Where the verifier itself has stopped, or never started, nothing works until there is another. */
  private failed({ code, message }: CodedError): void {
    if (code !== INTERRUPTED && (this.state.version === "" || STOPPED.has(code))) {
      this.state.broken = message;
      this.forget();
    } else {
      this.notice("This page", unusable(code, message));
    }
  }

  /** A verdict is about the epochs, keys and paid claims of its time: until the next one there is none. */
  private forget(): void {
    for (const proof of this.state.proofs) proof.checked = null;
  }

  private async verify(): Promise<void> {
    const { proofs, epochs } = this.state;
    this.forget();
    if (proofs.length === 0) return;
    for (const proof of proofs) proof.epoch = epochFor(epochs, proof);
    const items = proofs.map(({ id, bytes, epoch }) => ({ id, bytes, epoch: epoch?.text ?? null }));
    const results = new Map((await this.checker.call("check", { items })).map((checked) => [checked.id, checked]));
    for (const proof of proofs) proof.checked = results.get(proof.id) ?? null;
  }

  /** Whether it was a proof. What cannot be used is said, and nothing else changes. */
  private async take(item: intake.Item): Promise<boolean> {
    const { source } = item;
    const why = intake.barred(item);
    if (why !== null) {
      this.notice(source.name, why);
      return false;
    }
    try {
      switch (item.kind) {
        case "refused":
          this.notice(source.name, item.why);
          return false;
        case "proof":
          return await this.takeProof(source, item.bytes);
        case "epoch":
          await this.takeEpoch(source, item.text);
          return false;
        case "key":
          await this.takeKey(source, item.file);
          return false;
        case "spent":
          await this.takeSpent(source, item.nullifiers);
          return false;
        case "picture":
          return await this.takePicture(source, item.blob);
      }
    } catch (error) {
      const { code, message } = error as CodedError;
      if (STOPPED.has(code)) throw error;
      this.notice(source.name, unusable(code, message));
      return false;
    }
  }

  private async takeProof(source: Source, bytes: Uint8Array): Promise<boolean> {
    const inspected = await this.checker.call("inspect", { bytes });
    const known = this.state.proofs.find(({ compact }) => same(compact, inspected.compact));
    if (!known && this.state.proofs.length >= LIMITS.proofs) {
      this.notice(source.name, `there are ${whole(LIMITS.proofs)} proofs already; clear them first`);
      return false;
    }
    const id = known?.id ?? ++this.ids;
    if (!known) this.state.proofs.push({ ...inspected, id, source, bytes, epoch: null, checked: null });
    // What the user has himself did not come from a link, whichever was first.
    else if (source.kind === "file") known.source = source;
    if (!this.chosen) this.state.selected = id;
    this.chosen = true;
    return true;
  }

  private async takeEpoch(source: Source, text: string): Promise<void> {
    const content = await this.checker.call("epoch", { text });
    const { epochs } = this.state;
    const before = epochs.find((epoch) => epoch.content.domain_id === content.domain_id && epoch.content.epoch === content.epoch);
    const others = epochs.filter((epoch) => epoch !== before);
    if (others.length >= LIMITS.epochs) {
      this.notice(source.name, `there are ${whole(LIMITS.epochs)} epoch files already; remove one first`);
      return;
    }
    if (before && before.text !== text) {
      this.notice(source.name, `used in place of ${foreign(before.source.name)}, which says something else about the same epoch`);
    }
    this.state.epochs = [...others, { id: ++this.ids, source, text, content }];
  }

  private async takeKey(source: Source, file: Uint8Array): Promise<void> {
    if (this.state.keys.length >= LIMITS.keys) {
      this.notice(source.name, `there are ${whole(LIMITS.keys)} keys already; remove one first`);
      return;
    }
    const key = await this.checker.call("key", { file });
    const others = this.state.keys.filter((other) => !other.usable || other.digest !== key.digest);
    this.state.keys = [...others, { ...key, id: ++this.ids, source, file }];
  }

  private async takeSpent(source: Source, nullifiers: string[]): Promise<void> {
    const before = this.state.spent ?? { sources: [], nullifiers: [] };
    const all = [...new Set([...before.nullifiers, ...nullifiers])];
    await this.checker.call("spent", { nullifiers: all });
    this.state.spent = { sources: [...before.sources, source], nullifiers: all };
  }

  private async takePicture({ name }: Source, picture: Blob): Promise<boolean> {
    const { text } = await this.checker.call("picture", { picture });
    if (text === null) {
      this.notice(name, "no QR code was found in this picture; try a sharper one, with the whole code and its white border");
      return false;
    }
    let added = false;
    for (const item of intake.fromCode(name, text)) added = (await this.take(item)) || added;
    return added;
  }

  private async own(file: string, name: string): Promise<boolean> {
    const response = await fetch(file);
    if (!response.ok) {
      this.notice(name, "the page's own example could not be loaded");
      return false;
    }
    let added = false;
    for (const item of intake.fromBytes({ kind: "page", name }, new Uint8Array(await response.arrayBuffer()))) {
      added = (await this.take(item)) || added;
    }
    return added;
  }

  private notice(name: string, text: string): void {
    this.state.notices = [...this.state.notices, { id: ++this.ids, name, text }].slice(-LIMITS.notices);
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);
