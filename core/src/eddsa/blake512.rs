//! BLAKE-512, the SHA-3 finalist (Aumasson, Henzen, Meier, Phan: "SHA-3 proposal BLAKE", version 1.4): what
//! circomlib's EdDSA derives secrets and nonces with. Not BLAKE2 nor BLAKE3.

use zeroize::Zeroize;

/// The digest of `message`.
pub fn blake512(message: &[u8]) -> [u8; 64] {
    let mut chain = IV;
    let mut bits = 0u128;
    let mut blocks = message.chunks_exact(128);
    for block in &mut blocks {
        bits += 1024;
        compress(&mut chain, block, bits);
    }

    // Padding: a 1 bit, zeros, a 1 bit, the message's length in bits. The counter of a block counts the
    // message's bits up to there and is 0 for a block without any.
    let rest = blocks.remainder();
    let total = bits + 8 * rest.len() as u128;
    let mut last = [0u8; 256];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    let length = if rest.len() <= 111 { 128 } else { 256 };
    last[length - 17] |= 0x01;
    last[length - 16..length].copy_from_slice(&total.to_be_bytes());
    for (i, block) in last[..length].chunks_exact(128).enumerate() {
        compress(&mut chain, block, if i * 128 < rest.len() { total } else { 0 });
    }
    last.zeroize();

    let mut digest = [0u8; 64];
    for (bytes, word) in digest.chunks_exact_mut(8).zip(&mut chain) {
        bytes.copy_from_slice(&word.to_be_bytes());
        word.zeroize();
    }
    digest
}

/// Mixes one block of 128 bytes into the chain; `counter` is the number of message bits so far.
fn compress(chain: &mut [u64; 8], block: &[u8], counter: u128) {
    let mut m = [0u64; 16];
    for (word, bytes) in m.iter_mut().zip(block.chunks_exact(8)) {
        *word = bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    }
    let mut v = [0u64; 16];
    v[..8].copy_from_slice(chain);
    v[8..].copy_from_slice(&C[..8]);
    let (low, high) = (counter as u64, (counter >> 64) as u64);
    v[12] ^= low;
    v[13] ^= low;
    v[14] ^= high;
    v[15] ^= high;

    for round in 0..16 {
        let sigma = &SIGMA[round % 10];
        for (i, [a, b, c, d]) in LANES.into_iter().enumerate() {
            let (p, q) = (sigma[2 * i], sigma[2 * i + 1]);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[p] ^ C[q]);
            v[d] = (v[d] ^ v[a]).rotate_right(32);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(25);
            v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[q] ^ C[p]);
            v[d] = (v[d] ^ v[a]).rotate_right(16);
            v[c] = v[c].wrapping_add(v[d]);
            v[b] = (v[b] ^ v[c]).rotate_right(11);
        }
    }
    for i in 0..8 {
        chain[i] ^= v[i] ^ v[i + 8];
    }
    m.zeroize();
    v.zeroize();
}

/// Columns, then diagonals.
const LANES: [[usize; 4]; 8] = [
    [0, 4, 8, 12],
    [1, 5, 9, 13],
    [2, 6, 10, 14],
    [3, 7, 11, 15],
    [0, 5, 10, 15],
    [1, 6, 11, 12],
    [2, 7, 8, 13],
    [3, 4, 9, 14],
];

const IV: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// Leading digits of π.
const C: [u64; 16] = [
    0x243f_6a88_85a3_08d3,
    0x1319_8a2e_0370_7344,
    0xa409_3822_299f_31d0,
    0x082e_fa98_ec4e_6c89,
    0x4528_21e6_38d0_1377,
    0xbe54_66cf_34e9_0c6c,
    0xc0ac_29b7_c97c_50dd,
    0x3f84_d5b5_b547_0917,
    0x9216_d5d9_8979_fb1b,
    0xd131_0ba6_98df_b5ac,
    0x2ffd_72db_d01a_dfb7,
    0xb8e1_afed_6a26_7e96,
    0xba7c_9045_f12c_7f99,
    0x24a1_9947_b391_6cf7,
    0x0801_f2e2_858e_fc16,
    0x6369_20d8_7157_4e69,
];

const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// The proposal's own vectors (one byte, 144 bytes) and the empty message.
    #[test]
    fn equals_the_published_digests() {
        let cases: [(&[u8], &str); 3] = [
            (
                &[],
                "a8cfbbd73726062df0c6864dda65defe58ef0cc52a5625090fa17601e1eecd1b\
                 628e94f396ae402a00acc9eab77b4d4c2e852aaaa25a636d80af3fc7913ef5b8",
            ),
            (
                &[0],
                "97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4\
                 ff9102b9f69e2bbdb83be13d4b9c06091e5fa0b48bd081b634058be0ec49beb3",
            ),
            (
                &[0; 144],
                "313717d608e9cf758dcb1eb0f0c3cf9fc150b2d500fb33f51c52afc99d358a2f\
                 1374b8a38bba7974e7f6ef79cab16f22ce1e649d6e01ad9589c213045d545dde",
            ),
        ];
        for (message, digest) in cases {
            assert_eq!(hex::encode(blake512(message)), digest, "{} bytes", message.len());
        }
    }

    /// Where the padding fills one block, spills into a second, or starts one: bytes 0, 1, 2, …, digests from
    /// zk-kit's JavaScript.
    #[test]
    fn pads_every_length_right() {
        let cases = [
            (
                111,
                "5329f386033ff4492299d9a893f8ec8e8c7ed9e5fb24a74d2a018fcf7378edc2\
                  5840a2df487707f02819a5822c1ef203ee41b1595fcd330edee15a7c3c0d82af",
            ),
            (
                112,
                "55deffdbf43d5940ec59ea0670940f8ae1015b0c03a1ca920ffaa28cb44687f4\
                  413c38a91ae49d7cc01625c1c840fcb3e913a7ad6b08c43fb15b2c3f0ecd8b52",
            ),
            (
                127,
                "b79f3ad1fc9b260f28c223a55e008d1daac41606c7142e00c1827226840e9f7d\
                  6344cfcdbec4e0f293a9bb636871f58a63d252c7df40a397a6762fe6a8ee24c9",
            ),
            (
                128,
                "d8501cdaf83ff9159d68e065b4d112bf2e96c570d2eae9eeddcf44f62fa22114\
                  8d2d53722b58778ad681fc8a441ded46fd9e9eb8c58b6e35aa635c7ae0e028f0",
            ),
            (
                239,
                "e07189e9fdcf5f44ae90a4afaf992fcc17f626b775151940125867240c590322\
                  73255879bcf3e3902cea8b89f184e8d5c7ca85177afcdaf73e2b9a823637e261",
            ),
            (
                240,
                "7726d4b53eb04ccd75c98029d0390a0b334c4d71a29060b899b271829dc5c24c\
                  7b2eb4fdf9d3e75f3af5610db5fc05bdaa6056b44e9b274111fb733767f195e7",
            ),
        ];
        for (length, digest) in cases {
            let message: Vec<u8> = (0..length).collect();
            assert_eq!(hex::encode(blake512(&message)), digest, "{length} bytes");
        }
    }
}
