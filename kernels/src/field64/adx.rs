//! Products by `mulx`, whose low and high words are added by two chains of carries, `adcx` and `adox`.

use core::arch::asm;

use super::{MODULUS, Multiplier, NEGATIVE_INVERSE, Number, SHIFTED};

/// A machine with BMI2 and ADX; only [`Adx::detect`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Adx(());

impl Adx {
    /// The machine this runs on, if it has the instructions.
    pub fn detect() -> Option<Self> {
        let has = is_x86_feature_detected!("bmi2") && is_x86_feature_detected!("adx");
        has.then_some(Self(()))
    }
}

#[repr(C, align(64))]
struct Constants {
    modulus: Number,
    shifted: Number,
    negative_inverse: u64,
    zero: u64,
}

static CONSTANTS: Constants =
    Constants { modulus: MODULUS, shifted: SHIFTED, negative_inverse: NEGATIVE_INVERSE, zero: 0 };

/// Adds rdx times four words of memory to five words, which hold the sum: neither chain carries out of them. The `xor`
/// clears both flags, so that the processor need not wait for the chains before.
macro_rules! add_row {
    ($memory:literal, $offset:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal) => {
        concat!(
            "xor {low:e}, {low:e}\n",
            "mulx {high}, {low}, [{",
            $memory,
            "} + ",
            $offset,
            "]\n",
            "adcx {",
            $t0,
            "}, {low}\n",
            "adox {",
            $t1,
            "}, {high}\n",
            "mulx {high}, {low}, [{",
            $memory,
            "} + ",
            $offset,
            " + 8]\n",
            "adcx {",
            $t1,
            "}, {low}\n",
            "adox {",
            $t2,
            "}, {high}\n",
            "mulx {high}, {low}, [{",
            $memory,
            "} + ",
            $offset,
            " + 16]\n",
            "adcx {",
            $t2,
            "}, {low}\n",
            "adox {",
            $t3,
            "}, {high}\n",
            "mulx {high}, {low}, [{",
            $memory,
            "} + ",
            $offset,
            " + 24]\n",
            "adcx {",
            $t3,
            "}, {low}\n",
            "adox {",
            $t4,
            "}, {high}\n",
            "adcx {",
            $t4,
            "}, [{constants} + 72]\n",
        )
    };
}

/// The first row: there is no sum yet.
macro_rules! first_row {
    () => {
        concat!(
            "mov rdx, [{b}]\n",
            "mulx {t1}, {t0}, [{a}]\n",
            "mulx {t2}, {low}, [{a} + 8]\n",
            "add {t1}, {low}\n",
            "mulx {t3}, {low}, [{a} + 16]\n",
            "adc {t2}, {low}\n",
            "mulx {t4}, {low}, [{a} + 24]\n",
            "adc {t3}, {low}\n",
            "adc {t4}, 0\n",
        )
    };
}

/// A row of a word of `b` with `a`.
macro_rules! row {
    ($a:literal, $b:literal, $offset:literal, $($t:literal),*) => {
        concat!("mov rdx, [{", $b, "} + ", $offset, "]\n", add_row!($a, "0", $($t),*))
    };
}

/// See [`super::shift_by_sum`]. What was the lowest word is the highest then.
macro_rules! shift_by_sum {
    ($t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal) => {
        concat!(
            "mov rdx, {",
            $t0,
            "}\n",
            "xor {",
            $t0,
            ":e}, {",
            $t0,
            ":e}\n",
            add_row!("constants", "32", $t1, $t2, $t3, $t4, $t0),
        )
    };
}

/// See [`super::shift_by_multiple`]. What was the lowest word is zero then, and the highest.
macro_rules! shift_by_multiple {
    ($t0:literal, $t1:literal, $t2:literal, $t3:literal, $t4:literal) => {
        concat!(
            "mov rdx, {",
            $t0,
            "}\n",
            "mulx {high}, rdx, [{constants} + 64]\n",
            add_row!("constants", "0", $t0, $t1, $t2, $t3, $t4),
        )
    };
}

impl Multiplier for Adx {
    #[inline(always)]
    fn mul(self, a: &Number, b: &Number) -> Number {
        let (r0, r1, r2, r3): (u64, u64, u64, u64);
        // SAFETY: an `Adx` exists only where `detect` found the instructions; the references cover the four words read
        // from each, and nothing else is touched but the registers named here.
        unsafe {
            asm!(
                first_row!(),
                shift_by_sum!("t0", "t1", "t2", "t3", "t4"),
                row!("a", "b", "8", "t1", "t2", "t3", "t4", "t0"),
                shift_by_sum!("t1", "t2", "t3", "t4", "t0"),
                row!("a", "b", "16", "t2", "t3", "t4", "t0", "t1"),
                shift_by_multiple!("t2", "t3", "t4", "t0", "t1"),
                row!("a", "b", "24", "t3", "t4", "t0", "t1", "t2"),
                shift_by_multiple!("t3", "t4", "t0", "t1", "t2"),
                a = in(reg) a,
                b = in(reg) b,
                constants = in(reg) &raw const CONSTANTS,
                t0 = out(reg) r1,
                t1 = out(reg) r2,
                t2 = out(reg) r3,
                t3 = out(reg) _,
                t4 = out(reg) r0,
                low = out(reg) _,
                high = out(reg) _,
                out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        [r0, r1, r2, r3]
    }

    #[inline(always)]
    fn sum_of_products(self, [(a, b), (c, d)]: [(&Number, &Number); 2]) -> Number {
        let (r0, r1, r2, r3): (u64, u64, u64, u64);
        // SAFETY: as in `mul`.
        unsafe {
            asm!(
                first_row!(),
                row!("c", "d", "0", "t0", "t1", "t2", "t3", "t4"),
                shift_by_multiple!("t0", "t1", "t2", "t3", "t4"),
                row!("a", "b", "8", "t1", "t2", "t3", "t4", "t0"),
                row!("c", "d", "8", "t1", "t2", "t3", "t4", "t0"),
                shift_by_multiple!("t1", "t2", "t3", "t4", "t0"),
                row!("a", "b", "16", "t2", "t3", "t4", "t0", "t1"),
                row!("c", "d", "16", "t2", "t3", "t4", "t0", "t1"),
                shift_by_multiple!("t2", "t3", "t4", "t0", "t1"),
                row!("a", "b", "24", "t3", "t4", "t0", "t1", "t2"),
                row!("c", "d", "24", "t3", "t4", "t0", "t1", "t2"),
                shift_by_multiple!("t3", "t4", "t0", "t1", "t2"),
                a = in(reg) a,
                b = in(reg) b,
                c = in(reg) c,
                d = in(reg) d,
                constants = in(reg) &raw const CONSTANTS,
                t0 = out(reg) r1,
                t1 = out(reg) r2,
                t2 = out(reg) r3,
                t3 = out(reg) _,
                t4 = out(reg) r0,
                low = out(reg) _,
                high = out(reg) _,
                out("rdx") _,
                options(pure, readonly, nostack),
            );
        }
        [r0, r1, r2, r3]
    }
}
