// Compiled, never run: the types that users see fit what they do.
import { load, PopwError, type Against, type Eligibility, type EligibilityPolicy, type Finding, type Key, type Popw, type Verdict } from 'popw';
import { load as loadGroth16 } from 'popw/groth16';
import { load as loadRaw, type Raw, type RawCode } from 'popw/raw';
import { load as loadRawSmall } from 'popw/raw/small';
import { load as loadSmall } from 'popw/small';

export async function use(file: Uint8Array, proof: Uint8Array, epoch: string): Promise<string> {
  const popw: Popw = await load();
  const others: Popw[] = [await loadGroth16(new URL('https://example.org/g.wasm')), await loadSmall(fetch('/small.wasm'))];
  const key: Key = popw.key(file);
  const against: Against = { epoch, spent: ['1'] };
  const verdict: Verdict = popw.verify(proof, key, against);
  const due: boolean = verdict.verdict === 'due';
  const slots: number = verdict.amount.up_slots;
  const until: number | bigint | undefined = verdict.period?.until_unix_ms;
  for (const answer of popw.verifyBatch([proof, popw.toJson(proof)], file)) {
    // Refusals are told from verdicts by their code.
    if ('code' in answer) return answer.code;
    const nullifier: string = answer.nullifier;
    if (nullifier === '0') return answer.does_not_prove[0] ?? '';
  }
  const raws: Raw[] = [popw, await loadRaw(), await loadRawSmall()];
  for (const raw of raws) {
    raw.verifyRaw(proof, [file], raw.key(file)) satisfies void;
    const codes: RawCode[] = raw.verifyRawBatch([{ proof, inputs: [file] }], file);
    if (codes[0] === 'rejected') return raw.version;
  }
  const finding: Finding | undefined = popw.lintKey(file)[0];
  const development: 'seeded' | 'random' | null = key.header.development;
  const counted: Eligibility = popw.eligibility([proof], '{}', [key, file]);
  const shown = popw.inspect(proof);
  popw.verify({ ...shown }, key);
  // What a document may leave out is optional.
  const { network, ...nameless } = shown.opening.context;
  popw.verify({ ...shown, opening: { ...shown.opening, context: nameless } }, key);
  const published = popw.epoch(epoch);
  const policy: EligibilityPolicy = { format: 'popw.eligibility', version: 1, domain_id: '', epochs: [published], claims: ['uptime'], keys: [] };
  popw.eligibility([proof], policy, [key]);
  const round: number | bigint = published.opening.round;
  popw.verify(proof, key, { epoch: { ...published, start_unix_ms: 2n ** 53n }, spent: undefined });
  try {
    popw.epoch(epoch).slot_ms.toFixed();
  } catch (error) {
    if (error instanceof PopwError) return error.code;
  }
  // @ts-expect-error a key is bytes
  popw.key('file');
  // @ts-expect-error a digest is read, not written
  key.digest = '';
  // @ts-expect-error bare proofs alone
  raws[0]?.verify(proof, key);
  // @ts-expect-error there is no such verdict
  verdict.verdict === 'fine';
  // @ts-expect-error nullifiers are text
  popw.verify(proof, key, { epoch, spent: [1] });
  // @ts-expect-error beyond 2^53 - 1 it is a bigint
  published.start_unix_ms.toFixed();
  // @ts-expect-error there is no such option
  popw.verify(proof, key, { epoch, spnet: [] });
  // @ts-expect-error nor here
  raws[0]?.verifyRawBatch([{ proof, inputs: [file], input: [file] }], key);
  key.dispose();
  others.forEach((other) => other.dispose());
  return `${due} ${slots} ${until} ${finding?.remedy} ${development} ${counted.eligible} ${shown.compact_bytes} ${network} ${round}`;
}
