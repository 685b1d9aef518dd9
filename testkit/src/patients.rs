//! Patients that nobody can take for real ones, so that a test can look for them where they must not be.

use crate::random::Random;

/// An invented patient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patient {
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Patient id.
    pub id: String,
    /// Accession number of an order.
    pub accession: String,
    /// Study Instance UID.
    pub(crate) study: String,
}

/// Words that are no names.
const FAMILIES: [&str; 12] = [
    "TESTQUINCE",
    "TESTMEDLAR",
    "TESTROWAN",
    "TESTSLOE",
    "TESTBULLACE",
    "TESTDAMSON",
    "TESTLOQUAT",
    "TESTPOMELO",
    "TESTRAMBUTAN",
    "TESTSALAK",
    "TESTTAYBERRY",
    "TESTYUZU",
];
const GIVEN: [&str; 3] = ["INVENTEDALPHA", "INVENTEDBETA", "INVENTEDGAMMA"];
/// A physician, as invented.
pub(crate) const PHYSICIAN: &str = "TESTDOCTOR^INVENTEDOMEGA";
/// Birth date of them all.
pub(crate) const BIRTH_DATE: &str = "19010203";

impl Patient {
    /// Name as DICOM and HL7 write it.
    #[must_use]
    pub fn family_and_given(&self) -> String {
        format!("{}^{}", self.family, self.given)
    }
}

/// All patients.
pub(crate) fn all(random: &mut Random) -> Vec<Patient> {
    let given = GIVEN.iter().cycle();
    FAMILIES
        .iter()
        .zip(given)
        .map(|(family, given)| Patient {
            family: (*family).to_owned(),
            given: (*given).to_owned(),
            id: format!("TESTID{}", random.within(100_000..999_999)),
            accession: format!("TESTACC{}", random.within(100_000..999_999)),
            study: uid(random),
        })
        .collect()
}

/// Words of patients and staff that must never be seen again.
pub(crate) fn words(patients: &[Patient]) -> Vec<String> {
    let mut words = vec!["TESTDOCTOR".to_owned(), "INVENTEDOMEGA".to_owned(), BIRTH_DATE.to_owned()];
    for patient in patients {
        for word in [&patient.family, &patient.given, &patient.id, &patient.accession, &patient.study] {
            if !words.contains(word) {
                words.push(word.clone());
            }
        }
    }
    words
}

/// A UID from a number (PS3.5 B.2).
pub(crate) fn uid(random: &mut Random) -> String {
    format!("2.25.{}", u128::from(random.next()) << 64 | u128::from(random.next()))
}
