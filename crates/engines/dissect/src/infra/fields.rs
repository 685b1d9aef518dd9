//! Lists of fields made of lists, for protocols that carry others inside.

use model::Field;

/// The fields of `parts` in order. `N` is their number: with fewer places the last are left out, and
/// `every_field_is_listed` of the protocol fails.
pub(super) const fn joined<const N: usize>(parts: &[&[Field]]) -> [Field; N] {
    let mut all = [Field::new(""); N];
    let mut places: &mut [Field] = &mut all;
    let mut parts = parts;
    while let [part, others @ ..] = parts {
        let mut part: &[Field] = part;
        while let [field, rest @ ..] = part {
            let [place, after @ ..] = places else { return all };
            *place = *field;
            places = after;
            part = rest;
        }
        parts = others;
    }
    all
}
