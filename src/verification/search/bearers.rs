//! The issuers that bear one name, and which of them are worth trying.

use crate::verification::Verifier;
use crate::verification::reading::Reading;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

/// With more bearers than this, not all are ranked for each certificate that names them.
const CROWD: usize = 1000;

/// Those of a crowd that are tried although no key identifier speaks for them: more than the budget
/// allows.
const OF_CROWD: usize = 300;

/// Issuers with the same subject.
#[derive(Debug, Default)]
pub struct Bearers {
    all: Vec<usize>,
    crowd: OnceLock<Crowd>,
}

#[derive(Debug)]
struct Crowd {
    by_key_id: HashMap<Box<[u8]>, Vec<usize>>,
    likeliest: Vec<usize>,
}

/// What speaks for an issuer whoever its child is: anchors first, then dates, then flags, then the
/// newest. The smallest is the likeliest.
type Standing = (bool, bool, bool, i64);

impl Bearers {
    pub fn add(&mut self, index: usize) {
        self.all.push(index);
    }

    /// Those to rank for a certificate with this authority key identifier.
    pub fn likely(&self, verifier: &Verifier<'_>, key_id: Option<&[u8]>) -> Cow<'_, [usize]> {
        if self.all.len() <= CROWD {
            return Cow::Borrowed(&self.all);
        }
        let crowd = self.crowd.get_or_init(|| Crowd::of(&self.all, verifier));
        let named = key_id.and_then(|id| crowd.by_key_id.get(id)).map_or(&[][..], Vec::as_slice);
        let named = named.iter().copied().take(CROWD);
        let mut likely: Vec<usize> = named.chain(crowd.likeliest.iter().copied()).collect();
        likely.sort_unstable();
        likely.dedup();
        Cow::Owned(likely)
    }
}

impl Crowd {
    fn of(bearers: &[usize], verifier: &Verifier<'_>) -> Self {
        let mut by_key_id: HashMap<Box<[u8]>, Vec<usize>> = HashMap::new();
        let mut ranked: Vec<(Standing, usize)> = Vec::with_capacity(bearers.len());
        for &index in bearers {
            let issuer = &verifier.issuers[index];
            // Read here and forgotten: a few of the crowd are read again.
            let Ok(reading) = Reading::of(issuer.certificate) else { continue };
            if let Some(id) = reading.extensions.subject_key_id {
                by_key_id.entry(id.into()).or_default().push(index);
            }
            ranked.push((standing(&reading, issuer.anchor.is_none(), verifier.at), index));
        }
        ranked.sort_unstable();
        let likeliest = ranked.into_iter().take(OF_CROWD).map(|(_, index)| index).collect();
        Self { by_key_id, likeliest }
    }
}

pub fn standing(reading: &Reading<'_>, is_pool: bool, at: i64) -> Standing {
    let is_in_time = (reading.not_before..=reading.not_after).contains(&at);
    let is_ca = reading.extensions.basic_constraints.is_some_and(|constraints| constraints.ca);
    (is_pool, !is_in_time, !is_ca, -reading.not_before)
}
