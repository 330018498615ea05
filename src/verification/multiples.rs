//! ECDSA verification (FIPS 186-5 §6.4.2) with tables of multiples, for the keys of issuers of many
//! certificates.
//!
//! The curves' crates multiply a key that they see for the first time, and safely for secret numbers
//! too. With every multiple that a byte can ask for at hand, a signature takes additions alone. Nothing
//! about a signature check is secret, so they are the cheapest ones: sums are kept as X/ZZ and Y/ZZZ
//! (explicit-formulas database, short Weierstrass, XYZZ, madd-2008-s), over the crates' own field elements. The
//! crates' own verification is the yardstick of the tests, serves every key that is not used often, and is
//! asked where these formulas do not hold: where a point meets itself or its opposite.

use p256::NistP256;
use p256::elliptic_curve::group::Group as _;
use p256::elliptic_curve::hazmat::FieldArithmetic;
use p256::elliptic_curve::ops::{Invert as _, Reduce};
use p256::elliptic_curve::point::AffineCoordinates;
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, Field as _, FieldBytes, PrimeField as _, ProjectivePoint, Scalar,
};
use p384::NistP384;
use p521::NistP521;
use std::fmt;
use std::ops::AddAssign;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

/// Signatures that a key checks before it gets a table. Building the tables of a key and of the
/// generator takes as long as 37 checks with P-256 without them, and saves four fifths of each later one.
const USES_BEFORE: u32 = 32;

/// Memory of all the tables of keys in this process; one takes 0.3 MB with P-256 and 1.3 MB with P-521.
const MAX_BYTES: usize = 4 << 20;

/// What the tables of keys take now.
static BYTES: AtomicUsize = AtomicUsize::new(0);

/// Multiples in a window: those of 1 to 128. Digits are signed, so those of -128 to -1 come free.
const WINDOW: usize = 128;

/// A curve whose points' multiples are kept.
pub trait Tabled:
    FieldArithmetic<
        ProjectivePoint: BatchNormalize<[ProjectivePoint<Self>], Output = Vec<AffinePoint<Self>>> + AddAssign,
        AffinePoint: AffineCoordinates<FieldRepr = FieldBytes<Self>>,
        Scalar: Reduce<FieldBytes<Self>>,
    >
{
    /// Those of the generator.
    fn generator() -> &'static Multiples<Self>;
}

macro_rules! tabled {
    ($($curve:ty)*) => {$(
        impl Tabled for $curve {
            fn generator() -> &'static Multiples<Self> {
                static GENERATOR: LazyLock<Multiples<$curve>> =
                    LazyLock::new(|| Multiples::of(ProjectivePoint::<$curve>::generator()));
                &GENERATOR
            }
        }
    )*};
}

tabled!(NistP256 NistP384 NistP521);

type Element<C> = <C as FieldArithmetic>::FieldElement;

/// For each byte of a scalar, from the least, the multiples of 256 to that power times a point: their
/// coordinates.
pub struct Multiples<C: FieldArithmetic>(Box<[(Element<C>, Element<C>)]>);

/// A sum of points; `None` is the identity.
struct Sum<C: FieldArithmetic>(Option<[Element<C>; 4]>);

impl<C: FieldArithmetic> Sum<C> {
    /// Adds a point; `None` where that is the sum itself or its opposite.
    fn add(&mut self, x: &Element<C>, y: &Element<C>) -> Option<()> {
        let one = Element::<C>::ONE;
        let Some([sum_x, sum_y, zz, zzz]) = &self.0 else {
            self.0 = Some([*x, *y, one, one]);
            return Some(());
        };
        let p = *x * zz - sum_x;
        if bool::from(p.is_zero()) {
            return None;
        }
        let r = *y * zzz - sum_y;
        let pp = p.square();
        let ppp = pp * p;
        let q = pp * sum_x;
        let new_x = r.square() - ppp - q.double();
        let new_y = r * (q - new_x) - ppp * sum_y;
        self.0 = Some([new_x, new_y, pp * zz, ppp * zzz]);
        Some(())
    }

    /// Whether the sum's affine x-coordinate, taken as a scalar, is `r`.
    fn has_x(&self, r: &Scalar<C>) -> bool
    where
        C: FieldArithmetic<Scalar: Reduce<FieldBytes<C>>>,
    {
        let Some([x, _, zz, _]) = &self.0 else { return false };
        // Almost always the scalar is the coordinate itself, and then there is nothing to divide.
        let as_it_stands: Option<Element<C>> = Element::<C>::from_repr(r.to_repr()).into();
        if as_it_stands.is_some_and(|r| r * zz == *x) {
            return true;
        }
        let inverse: Option<Element<C>> = zz.invert_vartime().into();
        inverse.is_some_and(|inverse| {
            <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&(*x * inverse).to_repr()) == *r
        })
    }
}

impl<C: Tabled> Multiples<C> {
    fn of(point: ProjectivePoint<C>) -> Self {
        let mut multiples = Vec::with_capacity(Self::windows() * WINDOW);
        let mut first = point;
        for _ in 0..Self::windows() {
            let mut multiple = first;
            for _ in 0..WINDOW {
                multiples.push(multiple);
                multiple += first;
            }
            // 128 times two.
            first = multiples[multiples.len() - 1].double();
        }
        let affine =
            <ProjectivePoint<C> as BatchNormalize<[ProjectivePoint<C>]>>::batch_normalize(&multiples);
        let element = |octets| Element::<C>::from_repr(octets).into_option().unwrap_or(Element::<C>::ZERO);
        Self(affine.iter().map(|point| (element(point.x()), element(point.y()))).collect())
    }

    /// A window for each byte, and one for what the signed digit of the greatest carries.
    fn windows() -> usize {
        Scalar::<C>::NUM_BITS.div_ceil(8) as usize + 1
    }

    fn bytes() -> usize {
        Self::windows() * WINDOW * size_of::<(Element<C>, Element<C>)>()
    }

    /// Adds `scalar` times the point; `None` where the formulas do not hold.
    fn add(&self, sum: &mut Sum<C>, scalar: &Scalar<C>) -> Option<()> {
        let digits = scalar.to_repr();
        let bytes = AsRef::<[u8]>::as_ref(&digits).iter().rev().copied().chain([0]);
        let mut carry = 0;
        for (window, byte) in self.0.chunks_exact(WINDOW).zip(bytes) {
            let digit = usize::from(byte) + carry;
            carry = usize::from(digit > WINDOW);
            match digit {
                0 | 256 => {}
                1..=WINDOW => {
                    let (x, y) = &window[digit - 1];
                    sum.add(x, y)?;
                }
                _ => {
                    let (x, y) = &window[255 - digit];
                    sum.add(x, &-*y)?;
                }
            }
        }
        Some(())
    }
}

impl<C: FieldArithmetic> fmt::Debug for Multiples<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Multiples({})", self.0.len())
    }
}

/// A public key that gets its table once it has been used often enough.
#[derive(Debug)]
pub struct Prepared<C: FieldArithmetic> {
    point: AffinePoint<C>,
    uses: AtomicU32,
    multiples: OnceLock<Multiples<C>>,
}

impl<C: Tabled> Prepared<C> {
    pub fn new(point: AffinePoint<C>) -> Self {
        Self { point, uses: AtomicU32::new(0), multiples: OnceLock::new() }
    }

    /// Whether the signature with the scalars `r` and `s` over `hashed` was made with this key; `None`
    /// when it has no table, or not yet, or the formulas do not hold.
    pub fn verifies(&self, r: &Scalar<C>, s: &Scalar<C>, hashed: &[u8]) -> Option<bool> {
        let multiples = self.multiples.get().or_else(|| self.prepare())?;
        let inverse: Option<Scalar<C>> = s.invert_vartime().into();
        let Some(inverse) = inverse else { return Some(false) };
        let mut sum = Sum(None);
        C::generator().add(&mut sum, &(number::<C>(hashed) * inverse))?;
        multiples.add(&mut sum, &(*r * inverse))?;
        Some(sum.has_x(r))
    }

    /// Builds the table when it is due; checks made in the meantime go without it.
    fn prepare(&self) -> Option<&Multiples<C>> {
        if self.uses.fetch_add(1, Ordering::Relaxed) != USES_BEFORE || !reserve(Multiples::<C>::bytes()) {
            return None;
        }
        Some(self.multiples.get_or_init(|| Multiples::of(self.point.into())))
    }
}

impl<C: FieldArithmetic> Drop for Prepared<C> {
    fn drop(&mut self) {
        if let Some(multiples) = self.multiples.get() {
            BYTES.fetch_sub(size_of_val(&*multiples.0), Ordering::Relaxed);
        }
    }
}

/// Reserves `bytes` of the memory that all tables share, if that much is left.
fn reserve(bytes: usize) -> bool {
    let taken = BYTES.try_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
        Some(taken + bytes).filter(|sum| *sum <= MAX_BYTES)
    });
    taken.is_ok()
}

/// The leftmost bits of a hash as a number (§6.4.2, step 2). The order of each of these curves is
/// longer than any hash, or a whole number of octets.
fn number<C: Tabled>(hashed: &[u8]) -> Scalar<C> {
    let mut bytes = FieldBytes::<C>::default();
    let length = bytes.len().min(hashed.len());
    let start = bytes.len() - length;
    bytes[start..].copy_from_slice(&hashed[..length]);
    <Scalar<C> as Reduce<FieldBytes<C>>>::reduce(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
    use sha2::{Digest as _, Sha256, Sha384, Sha512};

    /// The crate's own multiplication is the yardstick, at the edges of the signed digits.
    fn multiplies<C: Tabled>() {
        let bits = [0, 6, 7, 8, 9, 127, 128, Scalar::<C>::NUM_BITS - 2, Scalar::<C>::NUM_BITS - 1];
        let powers = bits.map(|bit| Scalar::<C>::from(2).pow_vartime([u64::from(bit)]));
        let mut scalars: Vec<Scalar<C>> =
            powers.into_iter().flat_map(|power| [power, -power, power - Scalar::<C>::ONE]).collect();
        for repeated in [0x7f_u64, 0x80, 0x81, 0xff] {
            let all = (0..Scalar::<C>::NUM_BITS / 8 - 1)
                .fold(Scalar::<C>::ZERO, |sum, _| sum * Scalar::<C>::from(256) + Scalar::<C>::from(repeated));
            scalars.extend([Scalar::<C>::from(repeated), all, -all]);
        }
        let point = ProjectivePoint::<C>::generator().double();
        let multiples = Multiples::<C>::of(point);
        let mut held = 0;
        for scalar in scalars {
            let mut sum = Sum(None);
            if multiples.add(&mut sum, &scalar).is_none() {
                continue;
            }
            held += 1;
            let expected: AffinePoint<C> = (point * scalar).into();
            let Some([x, y, zz, zzz]) = sum.0 else {
                assert!(bool::from(scalar.is_zero()));
                continue;
            };
            assert_eq!((x * zz.invert_vartime().unwrap()).to_repr(), expected.x(), "{scalar:?}");
            assert_eq!((y * zzz.invert_vartime().unwrap()).to_repr(), expected.y(), "{scalar:?}");
        }
        assert!(held > 30, "{held}");
    }

    /// A point that meets itself or its opposite is left to the crates.
    fn leaves_the_exceptions<C: Tabled>() {
        let multiples = Multiples::<C>::of(ProjectivePoint::<C>::generator());
        for second in [Scalar::<C>::ONE, -Scalar::<C>::ONE] {
            let mut sum = Sum(None);
            assert_eq!(multiples.add(&mut sum, &Scalar::<C>::ONE), Some(()));
            assert_eq!(multiples.add(&mut sum, &second), None);
        }
    }

    #[test]
    fn exceptions_are_left_to_the_crates() {
        leaves_the_exceptions::<NistP256>();
        leaves_the_exceptions::<NistP384>();
        leaves_the_exceptions::<NistP521>();
    }

    #[test]
    fn multiplies_as_the_crates_do() {
        multiplies::<NistP256>();
        multiplies::<NistP384>();
        multiplies::<NistP521>();
    }

    /// Signatures, and each of them with a bit of each octet changed in turn, by the table and by the
    /// crate.
    macro_rules! answers_as_the_crate_does {
        ($name:ident, $crate_:ident, $curve:ty, $octets:expr) => {
            #[test]
            fn $name() {
                for (secret, every) in [(1, 31), (77, 1)] {
                    let mut octets = [0; $octets];
                    octets[$octets - 1] = secret;
                    let key = $crate_::ecdsa::SigningKey::from_slice(&octets).unwrap();
                    let public = *key.verifying_key();
                    let prepared = Prepared::<$curve>::new(*public.as_affine());
                    prepared.uses.store(USES_BEFORE, Ordering::Relaxed);
                    let hashes = [
                        sha1::Sha1::digest([secret]).to_vec(),
                        Sha256::digest([secret]).to_vec(),
                        Sha384::digest([secret]).to_vec(),
                        Sha512::digest([secret]).to_vec(),
                        vec![0; 32],
                        vec![0xff; 64],
                    ];
                    for (number, hashed) in hashes.iter().enumerate() {
                        let good: $crate_::ecdsa::Signature = key.sign_prehash(hashed).unwrap();
                        let bytes = good.to_bytes();
                        let mut cases = vec![bytes.to_vec()];
                        let every = if number == 1 { every } else { 31 };
                        cases.extend((0..bytes.len()).step_by(every).map(|at| {
                            let mut damaged = bytes.to_vec();
                            damaged[at] ^= 1 << (at % 8);
                            damaged
                        }));
                        // The same signature with -s, which ECDSA takes too; and r and s exchanged.
                        let negative = -*good.split_scalars().1;
                        cases.push([&bytes[..$octets], &negative.to_bytes()[..]].concat());
                        cases.push([&bytes[$octets..], &bytes[..$octets]].concat());
                        let mut accepted = 0;
                        for case in cases {
                            let Ok(signature) = $crate_::ecdsa::Signature::from_slice(&case) else {
                                continue;
                            };
                            let (r, s) = signature.split_scalars();
                            let ours = prepared.verifies(&r, &s, hashed).unwrap();
                            assert_eq!(
                                ours,
                                public.verify_prehash(hashed, &signature).is_ok(),
                                "{case:02x?}"
                            );
                            assert!(!prepared.verifies(&r, &s, &[0x55; 32]).unwrap());
                            accepted += usize::from(ours);
                        }
                        assert_eq!(accepted, 2);
                    }
                }
            }
        };
    }

    answers_as_the_crate_does!(p256_answers_as_the_crate_does, p256, NistP256, 32);
    answers_as_the_crate_does!(p384_answers_as_the_crate_does, p384, NistP384, 48);
    answers_as_the_crate_does!(p521_answers_as_the_crate_does, p521, NistP521, 66);

    #[test]
    fn a_table_is_built_late_and_counted_while_it_lives() {
        let prepared = Prepared::<NistP521>::new(p521::AffinePoint::GENERATOR);
        let one = Scalar::<NistP521>::ONE;
        for _ in 0..USES_BEFORE {
            assert_eq!(prepared.verifies(&one, &one, &[1]), None);
        }
        assert_eq!(prepared.verifies(&one, &one, &[2]), Some(false));
        // The generator added to itself.
        assert_eq!(prepared.verifies(&one, &one, &[1]), None);
        assert!(BYTES.load(Ordering::Relaxed) >= Multiples::<NistP521>::bytes());
        assert!(reserve(0) && !reserve(MAX_BYTES));
    }
}
