//! Who registered the beginning of a MAC address (IEEE registries MA-L, MA-M, MA-S and IAB).

use model::MacAddr;

/// The registries as one table: prefixes of 24, 28 and 36 bits and the organisations behind them.
#[derive(Debug, Clone, Default)]
pub struct OuiTable {
    /// Sorted; the prefix is left-aligned in 48 bits.
    prefixes: Vec<(u64, u8, u32)>,
    organisations: Vec<&'static str>,
}

impl OuiTable {
    /// The table in `data/oui.tsv`: a line is an organisation and after a tab its prefixes in hexadecimal.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse(include_str!("../data/oui.tsv"))
    }

    fn parse(text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((organisation, prefixes)) = line.split_once('\t') else { continue };
            let index = u32::try_from(table.organisations.len()).unwrap_or(u32::MAX);
            table.organisations.push(organisation);
            table.prefixes.extend(prefixes.split(' ').filter_map(|prefix| prefix_of(prefix, index)));
        }
        table.prefixes.sort_unstable();
        table
    }

    /// The organisation that registered the longest prefix of `mac`; `None` for local and unregistered addresses.
    #[must_use]
    pub fn organisation(&self, mac: MacAddr) -> Option<&'static str> {
        if mac.is_local() || mac.is_group() {
            return None;
        }
        let number = mac.octets().iter().fold(0u64, |number, octet| number << 8 | u64::from(*octet));
        [36u8, 28, 24].iter().find_map(|bits| {
            let prefix = number >> (48 - bits) << (48 - bits);
            let index =
                self.prefixes.binary_search_by_key(&(prefix, *bits), |(prefix, bits, _)| (*prefix, *bits));
            let (_, _, organisation) = self.prefixes.get(index.ok()?)?;
            self.organisations.get(usize::try_from(*organisation).ok()?).copied()
        })
    }

    /// How many prefixes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.prefixes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }
}

fn prefix_of(text: &str, organisation: u32) -> Option<(u64, u8, u32)> {
    let bits = u8::try_from(text.len() * 4).ok().filter(|bits| *bits <= 48)?;
    let number = u64::from_str_radix(text, 16).ok()?;
    Some((number << (48 - bits), bits, organisation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mac(text: &str) -> MacAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_longest_prefix_wins() {
        let table = OuiTable::parse("# note\nRegistry\t0055DA\nSmall\t0055DA1\nSmallest\t0055DA123\n");
        assert_eq!(table.organisation(mac("00:55:da:99:00:00")), Some("Registry"));
        assert_eq!(table.organisation(mac("00:55:da:1f:00:00")), Some("Small"));
        assert_eq!(table.organisation(mac("00:55:da:12:3f:00")), Some("Smallest"));
        assert_eq!(table.organisation(mac("00:55:db:12:3f:00")), None);
    }

    #[test]
    fn a_local_address_has_no_organisation() {
        let table = OuiTable::parse("Registry\t0255DA\n");
        assert_eq!(table.organisation(mac("02:55:da:00:00:01")), None);
    }

    #[test]
    fn the_builtin_table_knows_medical_makers() {
        let table = OuiTable::builtin();
        assert!(table.len() > 30_000, "{}", table.len());
        assert!(table.organisation(mac("00:09:fb:00:00:01")).is_some_and(|name| name.contains("Philips")));
    }
}
