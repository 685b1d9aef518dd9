//! The whole at a glance.

use model::{ClinicalClass, DeviceType, Lifecycle, Weakness};

use crate::device::weaknesses;
use crate::evidence::{self, SensorRow};
use crate::names::Names;
use crate::query::{Conditions, SHOWN_OF_ALL, counts};
use crate::sql::{self, Sql};
use crate::{Error, Result};

/// The whole at a glance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many devices there are.
    pub devices: u64,
    /// Of these, outside the networks of the site.
    pub external: u64,
    /// Of these, of unknown type.
    pub unknown: u64,
    /// In quarantine.
    pub quarantined: u64,
    /// By lifecycle, the most frequent first.
    pub lifecycle: Vec<(Lifecycle, u64)>,
    /// By clinical class.
    pub clinical_class: Vec<(ClinicalClass, u64)>,
    /// By type, where it is known.
    pub device_type: Vec<(DeviceType, u64)>,
    /// Devices that show a weakness, in the order of [`Weakness::ALL`]; those that nobody shows are left out.
    pub weaknesses: Vec<(Weakness, u64)>,
    /// Conversations by what they speak and whether others can read it.
    pub conversations: Vec<ConversationGroup>,
    /// Sensors.
    pub sensors: Vec<SensorRow>,
}

/// Conversations of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversationGroup {
    /// What they speak; `None` is unknown.
    pub protocol: Option<&'static str>,
    /// Whether they are encrypted.
    pub encrypted: bool,
    /// Whether patient data went by that a listener could read.
    pub patient_data: bool,
    /// How many conversations.
    pub conversations: u64,
    /// How many flows.
    pub flows: u64,
    /// How many bytes both ways.
    pub bytes: u64,
}

pub(crate) async fn summary(sql: &mut dyn Sql, names: &Names) -> Result<Summary> {
    let query = "SELECT COUNT(*), CAST(COALESCE(SUM(external), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN device_type IS NULL THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(quarantined), 0) AS BIGINT) FROM device WHERE hidden + 0 = 0";
    let totals =
        sql::one(sql, query, Vec::new(), |row| Ok([row.uint()?, row.uint()?, row.uint()?, row.uint()?]));
    let [devices, external, unknown, quarantined] = totals.await?.unwrap_or_default();
    Ok(Summary {
        devices,
        external,
        unknown,
        quarantined,
        lifecycle: parsed(counts(sql, "lifecycle", shown()).await?)?,
        clinical_class: parsed(counts(sql, "clinical_class", shown()).await?)?,
        device_type: parsed(counts(sql, "device_type", shown()).await?)?,
        weaknesses: weakness_counts(sql).await?,
        conversations: conversation_groups(sql, names).await?,
        sensors: evidence::sensors(sql).await?,
    })
}

fn shown() -> Conditions {
    let mut conditions = Conditions::default();
    conditions.and(SHOWN_OF_ALL);
    conditions
}

fn parsed<T: std::str::FromStr>(counts: Vec<(Option<String>, u64)>) -> Result<Vec<(T, u64)>> {
    let known = counts.into_iter().filter_map(|(word, count)| word.map(|word| (word, count)));
    let parse = |(word, count): (String, u64)| word.parse().map(|word| (word, count));
    known.map(parse).collect::<std::result::Result<_, _>>().map_err(|_| Error::Unreadable { what: "a word" })
}

async fn weakness_counts(sql: &mut dyn Sql) -> Result<Vec<(Weakness, u64)>> {
    let query = "SELECT weaknesses, COUNT(*) FROM device WHERE weaknesses <> 0 AND hidden + 0 = 0 GROUP BY weaknesses";
    let sets = sql::all(sql, query, Vec::new(), |row| Ok((weaknesses(row.uint()?), row.uint()?))).await?;
    let devices = |weakness: &Weakness| {
        sets.iter().filter(|(set, _)| set.contains(weakness)).map(|(_, count)| count).sum::<u64>()
    };
    let all = Weakness::ALL.iter().map(|weakness| (*weakness, devices(weakness)));
    Ok(all.filter(|(_, count)| *count > 0).collect())
}

async fn conversation_groups(sql: &mut dyn Sql, names: &Names) -> Result<Vec<ConversationGroup>> {
    let query = "SELECT protocol, encrypted, patient_data, COUNT(*), CAST(SUM(flows) AS BIGINT), \
        CAST(SUM(bytes_out + bytes_back) AS BIGINT) \
        FROM conversation GROUP BY protocol, encrypted, patient_data ORDER BY protocol, encrypted, patient_data";
    sql::all(sql, query, Vec::new(), |row| {
        Ok(ConversationGroup {
            protocol: names.protocol(&row.text()?)?,
            encrypted: row.flag()?,
            patient_data: row.flag()?,
            conversations: row.uint()?,
            flows: row.uint()?,
            bytes: row.uint()?,
        })
    })
    .await
}
