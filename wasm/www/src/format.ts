/** Numbers, times and strings as a person reads them. */

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const TIME_ZONE = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const SECONDS = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
/** The last moment that `Date` knows. */
const LAST = 8.64e15;

/** Milliseconds since 1970, as documents have them: bigints where a number would be rounded, which is beyond any calendar. */
type Ms = number | bigint;

/** A moment in the reader's time zone. */
export function moment(ms: Ms): string {
  return known(ms) ? `${DAY.format(ms)}, ${TIME_ZONE.format(ms)}` : "a time beyond any calendar";
}

/** From one moment to another; the date once if it is the same day. */
export function span(from: Ms, until: Ms): string {
  if (!known(from) || !known(until)) return `${moment(from)} – ${moment(until)}`;
  if (DAY.format(from) !== DAY.format(until)) return `${moment(from)} – ${moment(until)}`;
  const format = until - from < 120_000 ? SECONDS : TIME_ZONE;
  const start = until - from < 120_000 ? SECONDS.format(from) : TIME.format(from);
  return `${DAY.format(from)}, ${start} – ${format.format(until)}`;
}

export function iso(ms: Ms): string | null {
  return known(ms) ? new Date(ms).toISOString() : null;
}

const known = (ms: Ms): ms is number => typeof ms === "number" && Number.isFinite(ms) && Math.abs(ms) <= LAST;

const WHOLE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const ONE = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 1 });

export const whole = (value: number): string => WHOLE.format(value);

/** MiB as MiB, GiB or TiB. */
export function mib(value: number): { number: string; unit: string } {
  if (value < 10_240) return { number: WHOLE.format(value), unit: "MiB" };
  if (value < 10_240 * 1024) return { number: ONE.format(value / 1024), unit: "GiB" };
  return { number: ONE.format(value / 1024 / 1024), unit: "TiB" };
}

/** A rate in 0.1 Mbit/s. */
export function rate(tenths: number): { number: string; unit: string } {
  return tenths < 100_000
    ? { number: ONE.format(tenths / 10), unit: "Mbit/s" }
    : { number: ONE.format(tenths / 10_000), unit: "Gbit/s" };
}

/** Bytes of a file. */
export function bytes(count: number): string {
  if (count < 1024) return `${WHOLE.format(count)} bytes`;
  if (count < 1024 * 1024) return `${ONE.format(count / 1024)} KiB`;
  return `${ONE.format(count / 1024 / 1024)} MiB`;
}

/** A chance. None of those in a verdict is certain or impossible, so none is called that, however it was rounded. */
export function percent(share: number): string {
  const value = share * 100;
  if (value < 0.01) return "< 0.01 %";
  if (value > 99.99) return "> 99.99 %";
  return `${value.toFixed(value < 1 || value >= 99 ? 2 : value < 10 ? 1 : 0)} %`;
}

export function duration(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Both ends of a long string. */
export function short(text: string, head = 8, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** Text from a document that nothing vouches for: no control or direction characters, at most 80 of the rest. */
export function foreign(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");
  return [...plain].length > 80 ? `${[...plain].slice(0, 79).join("")}…` : plain;
}

/** A message that may quote a document: as [`foreign`], word by word, at most 300 characters. */
export function quoted(message: string): string {
  const plain = message.split(" ").map(foreign).join(" ");
  return [...plain].length > 300 ? `${[...plain].slice(0, 299).join("")}…` : plain;
}

/** Who is paid: an EVM address if the first twelve bytes are zero. */
export function account(recipient: string): string {
  return /^0{24}[0-9a-f]{40}$/.test(recipient) ? `0x${recipient.slice(24)}` : recipient;
}

/** A sentence's beginning, where a text of the verifier stands by itself. */
export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

const CLAIMS: Record<string, string> = {
  uptime: "Uptime",
  possession: "Storage",
  bandwidth: "Bandwidth",
  work: "Work",
};

const SYSTEMS: Record<string, string> = { groth16: "Groth16", halo2: "halo2" };

/** A proof system's name as its authors write it. */
export const systemName = (system: string): string => SYSTEMS[system] ?? foreign(system);

/** A claim's name in words. */
export const claimName = (claim: string): string => CLAIMS[claim] ?? foreign(claim);
