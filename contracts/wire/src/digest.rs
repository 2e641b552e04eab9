//! BLAKE3 of what fits in one chunk, which every key file does.
//!
//! The `blake3` crate would more than double a contract of 19 kB, and chains charge rent for every byte of code. Steps and
//! constants are those of section 2 of the BLAKE3 paper; tests compare it with the crate at every length.

/// Bytes of a chunk.
const CHUNK: usize = 1024;
const BLOCK: usize = 64;
const IV: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const ROOT: u32 = 8;
const ROUNDS: usize = 7;

/// BLAKE3 of up to 1,024 bytes, `None` of more.
pub fn digest(bytes: &[u8]) -> Option<[u8; 32]> {
    if bytes.len() > CHUNK {
        return None;
    }
    let mut chaining = IV;
    let mut rest = bytes;
    let mut flags = CHUNK_START;
    loop {
        let (block, after) = rest.split_at(rest.len().min(BLOCK));
        if after.is_empty() {
            flags |= CHUNK_END | ROOT;
        }
        chaining = compress(&chaining, block, flags);
        if after.is_empty() {
            break;
        }
        (rest, flags) = (after, 0);
    }
    let mut out = [0; 32];
    let (words, _) = out.as_chunks_mut::<4>();
    for (word, value) in words.iter_mut().zip(chaining) {
        *word = value.to_le_bytes();
    }
    Some(out)
}

/// The compression function with counter 0, for the first chunk; `block` has up to 64 bytes.
fn compress(chaining: &[u32; 8], block: &[u8], flags: u32) -> [u32; 8] {
    let mut padded = [0; BLOCK];
    for (to, from) in padded.iter_mut().zip(block) {
        *to = *from;
    }
    let mut message = [0; 16];
    for (word, bytes) in message.iter_mut().zip(padded.as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let length = u32::try_from(block.len()).unwrap_or(u32::MAX);
    let [h0, h1, h2, h3, h4, h5, h6, h7] = *chaining;
    let [i0, i1, i2, i3, ..] = IV;
    let mut state = [h0, h1, h2, h3, h4, h5, h6, h7, i0, i1, i2, i3, 0, 0, length, flags];
    for _ in 0..ROUNDS {
        round(&mut state, &message);
        message = permute(&message);
    }
    let (low, high) = state.split_at(8);
    let mut out = [0; 8];
    for (word, (a, b)) in out.iter_mut().zip(low.iter().zip(high)) {
        *word = a ^ b;
    }
    out
}

fn round(state: &mut [u32; 16], message: &[u32; 16]) {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = state;
    let [m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15] = message;
    mix(a, e, i, m, *m0, *m1);
    mix(b, f, j, n, *m2, *m3);
    mix(c, g, k, o, *m4, *m5);
    mix(d, h, l, p, *m6, *m7);
    mix(a, f, k, p, *m8, *m9);
    mix(b, g, l, m, *m10, *m11);
    mix(c, h, i, n, *m12, *m13);
    mix(d, e, j, o, *m14, *m15);
}

fn mix(a: &mut u32, b: &mut u32, c: &mut u32, d: &mut u32, x: u32, y: u32) {
    *a = a.wrapping_add(*b).wrapping_add(x);
    *d = (*d ^ *a).rotate_right(16);
    *c = c.wrapping_add(*d);
    *b = (*b ^ *c).rotate_right(12);
    *a = a.wrapping_add(*b).wrapping_add(y);
    *d = (*d ^ *a).rotate_right(8);
    *c = c.wrapping_add(*d);
    *b = (*b ^ *c).rotate_right(7);
}

const fn permute(m: &[u32; 16]) -> [u32; 16] {
    [m[2], m[6], m[3], m[10], m[7], m[0], m[4], m[13], m[1], m[11], m[12], m[5], m[9], m[14], m[15], m[8]]
}
