//! What people do to the inventory: decisions, statements, adjustments, plans, audits. Each leaves a record.

use std::collections::{BTreeMap, BTreeSet};

use model::{
    AdjustmentId, AuditOutcome, CampaignId, DeviceId, DeviceModelId, Lifecycle, PatientReport, SiteChange,
    StatementSource, Timestamp, ViewId, WindowId,
};

#[cfg(doc)]
use crate::Error;
use crate::adjustment::{self, Adjustment, AdjustmentQuery};
use crate::campaign::{self, AuditItem, Campaign, CampaignQuery, ItemQuery};
use crate::change::{self, Decision, Refusal};
use crate::filter::Filter;
use crate::label::{self, Label};
use crate::model_default::{self, ModelDefaults};
use crate::page::{Cursor, Page};
use crate::site::{self, SiteChangeQuery};
use crate::statement::{self, Asserted, Stated, Statements};
use crate::view::{self, SavedView};
use crate::window::{self, ChangeWindow};
use crate::{Result, Store};

impl Store {
    /// Two devices are one from now on: `device`, of which `part` becomes a hidden part.
    ///
    /// # Errors
    /// [`Error::NoDevice`]; [`Error::Refused`] when they are one device or one of them is hidden.
    pub async fn merge(&self, device: DeviceId, part: DeviceId, decision: Decision) -> Result<Adjustment> {
        self.write(move |sql| Box::pin(adjustment::merge(sql, device, part, decision))).await
    }

    /// What is at an anchor (`ip:..`) of a device is a device of its own from now on; `fresh` is its id, unless it was
    /// split off before.
    ///
    /// # Errors
    /// [`Error::NoDevice`]; [`Error::Refused`] when that address cannot be split off, with what to do instead.
    pub async fn split(
        &self,
        device: DeviceId,
        anchor: String,
        fresh: DeviceId,
        decision: Decision,
    ) -> Result<Adjustment> {
        self.write(move |sql| Box::pin(adjustment::split(sql, device, anchor, fresh, decision))).await
    }

    /// Takes a merge or a split back.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when it is taken back already or another one stands on it.
    pub async fn undo_adjustment(&self, id: AdjustmentId, decision: Decision) -> Result<Adjustment> {
        self.write(move |sql| Box::pin(adjustment::undo(sql, id, decision))).await
    }

    /// Merges and splits, the latest first.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn adjustments(&self, query: AdjustmentQuery) -> Result<Page<Adjustment>> {
        self.read(move |sql| Box::pin(adjustment::page(sql, query))).await
    }

    /// Merges and splits that nobody took back, in the order in which they were made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn active_adjustments(&self) -> Result<Vec<Adjustment>> {
        self.read(|sql| Box::pin(adjustment::active(sql))).await
    }

    /// Moves devices in their lifecycle; says of each whether it moved, and why not.
    ///
    /// # Errors
    /// When the database fails; then none moved.
    pub async fn set_lifecycle(
        &self,
        ids: Vec<DeviceId>,
        to: Lifecycle,
        decision: Decision,
    ) -> Result<Vec<(DeviceId, std::result::Result<(), Refusal>)>> {
        self.write(move |sql| Box::pin(change::set_lifecycle(sql, ids, to, decision))).await
    }

    /// Puts the mark of quarantine on a device or takes it away; says whether that changed anything. It is a mark: it
    /// does nothing on the network.
    ///
    /// # Errors
    /// [`Error::NoDevice`]; [`Error::Stale`] when its version is not the `expected` one.
    pub async fn set_quarantined(
        &self,
        id: DeviceId,
        expected: Option<u64>,
        quarantined: bool,
        decision: Decision,
    ) -> Result<bool> {
        self.write(move |sql| Box::pin(change::set_quarantined(sql, id, expected, quarantined, decision)))
            .await
    }

    /// States values of attributes of a device, or takes statements of this source back (`None`); gives its version
    /// afterwards.
    ///
    /// # Errors
    /// [`Error::NoDevice`]; [`Error::Stale`] when its version is not the `expected` one.
    pub async fn assert(
        &self,
        id: DeviceId,
        expected: Option<u64>,
        said: (StatementSource, Statements),
        decision: Decision,
    ) -> Result<u64> {
        self.write(move |sql| Box::pin(statement::assert(sql, id, expected, said, decision))).await
    }

    /// States values about many devices of one source at once, all or nothing.
    ///
    /// # Errors
    /// [`Error::NoDevice`], or when the database fails; then nothing is stated.
    pub async fn assert_all(
        &self,
        source: StatementSource,
        all: BTreeMap<DeviceId, Statements>,
        decision: Decision,
    ) -> Result<()> {
        self.write(move |sql| Box::pin(statement::assert_all(sql, source, all, decision))).await
    }

    /// Everything that is stated, by device, attribute and source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn statements(&self) -> Result<Vec<(DeviceId, Asserted)>> {
        self.read(|sql| Box::pin(statement::all(sql))).await
    }

    /// What is stated about some attributes, by device, attribute and source: a page at a time.
    ///
    /// # Errors
    /// [`Error::BadCursor`](crate::Error::BadCursor), or when the database fails.
    pub async fn stated(
        &self,
        attributes: &'static [&'static str],
        cursor: Option<Cursor>,
    ) -> Result<Page<Stated>> {
        self.read(move |sql| Box::pin(statement::about(sql, attributes, cursor))).await
    }

    /// Somebody said whether a patient depends on a device.
    ///
    /// # Errors
    /// [`Error::NoDevice`], or when the database fails.
    pub async fn report_patient(
        &self,
        id: DeviceId,
        report: PatientReport,
        decision: Decision,
    ) -> Result<()> {
        self.write(move |sql| Box::pin(statement::report_patient(sql, id, report, decision))).await
    }

    /// Models with defaults, by manufacturer and model; a limit of 0 is as many as a page holds.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn model_defaults(&self, cursor: Option<Cursor>, limit: u32) -> Result<Page<ModelDefaults>> {
        self.read(move |sql| Box::pin(model_default::page(sql, cursor, limit))).await
    }

    /// The defaults of one model.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_defaults_by_id(&self, id: DeviceModelId) -> Result<Option<ModelDefaults>> {
        self.read(move |sql| Box::pin(model_default::one(sql, id))).await
    }

    /// The defaults of the model of this name; capitals do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn model_defaults_of(&self, manufacturer: &str, model: &str) -> Result<Option<ModelDefaults>> {
        let (manufacturer, model) = (manufacturer.to_owned(), model.to_owned());
        self.read(move |sql| Box::pin(async move { model_default::of(sql, &manufacturer, &model).await }))
            .await
    }

    /// Makes a model with its defaults.
    ///
    /// # Errors
    /// [`Error::ModelExists`], or when the database fails.
    pub async fn create_model_defaults(
        &self,
        model: (DeviceModelId, String, String),
        values: Statements,
        decision: Decision,
    ) -> Result<()> {
        self.write(move |sql| Box::pin(model_default::create(sql, model, values, decision))).await
    }

    /// States defaults of a model or takes them back (`None`); gives its version afterwards.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Outdated`] when its version is not the `expected` one.
    pub async fn set_model_defaults(
        &self,
        id: DeviceModelId,
        expected: Option<u64>,
        values: Statements,
        decision: Decision,
    ) -> Result<u64> {
        self.write(move |sql| Box::pin(model_default::set(sql, id, expected, values, decision))).await
    }

    /// Puts labels on a device and takes off all others; gives its version afterwards.
    ///
    /// # Errors
    /// [`Error::NoDevice`]; [`Error::Stale`] when its version is not the `expected` one.
    pub async fn set_labels(
        &self,
        id: DeviceId,
        expected: Option<u64>,
        labels: BTreeSet<Label>,
        decision: Decision,
    ) -> Result<u64> {
        self.write(move |sql| Box::pin(label::set(sql, id, expected, labels, decision))).await
    }

    /// Plans a time in which changes are expected.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_change_window(&self, window: ChangeWindow, decision: Decision) -> Result<()> {
        self.write(move |sql| Box::pin(window::create(sql, window, decision))).await
    }

    /// Cancels a window; changes that were expected stay so.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when it is cancelled already.
    pub async fn cancel_change_window(&self, id: WindowId, decision: Decision) -> Result<ChangeWindow> {
        self.write(move |sql| Box::pin(window::cancel(sql, id, decision))).await
    }

    /// One window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn change_window(&self, id: WindowId) -> Result<Option<ChangeWindow>> {
        self.read(move |sql| Box::pin(async move { window::one(sql, &id).await })).await
    }

    /// Windows, the one that ends last first; a limit of 0 is as many as a page holds.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn change_windows(&self, cursor: Option<Cursor>, limit: u32) -> Result<Page<ChangeWindow>> {
        self.read(move |sql| Box::pin(window::page(sql, cursor, limit))).await
    }

    /// Windows that are open at `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open_change_windows(&self, now: Timestamp) -> Result<Vec<ChangeWindow>> {
        self.read(move |sql| Box::pin(window::open(sql, now))).await
    }

    /// Begins an audit of the devices that pass `filter` now; gives how many these are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create_campaign(
        &self,
        campaign: Campaign,
        filter: Filter,
        decision: Decision,
    ) -> Result<u64> {
        self.write(move |sql| Box::pin(campaign::create(sql, campaign, filter, decision))).await
    }

    /// Writes down what was found of devices; the last word counts.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when it is signed off or a device is not part of it.
    pub async fn answer_campaign(
        &self,
        id: CampaignId,
        answers: Vec<(DeviceId, AuditOutcome, String)>,
        decision: Decision,
    ) -> Result<()> {
        self.write(move |sql| Box::pin(campaign::answer(sql, id, answers, decision))).await
    }

    /// Signs an audit off.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when something is open or it is signed off already.
    pub async fn sign_campaign(&self, id: CampaignId, decision: Decision) -> Result<Campaign> {
        self.write(move |sql| Box::pin(campaign::sign(sql, id, decision))).await
    }

    /// One audit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<Campaign>> {
        self.read(move |sql| Box::pin(async move { campaign::one(sql, &id).await })).await
    }

    /// Audits, the one that is due first first.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn campaigns(&self, query: CampaignQuery) -> Result<Page<Campaign>> {
        self.read(move |sql| Box::pin(campaign::page(sql, query))).await
    }

    /// The devices of an audit.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn campaign_items(&self, id: CampaignId, query: ItemQuery) -> Result<Page<AuditItem>> {
        self.read(move |sql| Box::pin(campaign::items(sql, id, query))).await
    }

    /// Makes a view; with `expected`, changes the one of this id if it has that version (`Some(None)`: any).
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when it is somebody else's; [`Error::Outdated`].
    pub async fn put_saved_view(
        &self,
        view: SavedView,
        expected: Option<Option<u64>>,
        decision: Decision,
    ) -> Result<SavedView> {
        self.write(move |sql| Box::pin(view::put(sql, view, expected, decision))).await
    }

    /// Deletes a view of `owner`.
    ///
    /// # Errors
    /// [`Error::Missing`]; [`Error::Refused`] when it is somebody else's; [`Error::Outdated`].
    pub async fn delete_saved_view(
        &self,
        id: ViewId,
        owner: &str,
        expected: Option<u64>,
        decision: Decision,
    ) -> Result<()> {
        let owner = owner.to_owned();
        self.write(move |sql| Box::pin(view::delete(sql, id, owner, expected, decision))).await
    }

    /// A view that `user` may see.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_view(&self, id: ViewId, user: &str) -> Result<Option<SavedView>> {
        let user = user.to_owned();
        self.read(move |sql| Box::pin(async move { view::one(sql, &id, &user).await })).await
    }

    /// The views that `user` may see; a limit of 0 is as many as a page holds.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn saved_views(
        &self,
        user: &str,
        cursor: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<SavedView>> {
        let user = user.to_owned();
        self.read(move |sql| Box::pin(view::page(sql, user, cursor, limit))).await
    }

    /// Changes to what is not a device, the latest first.
    ///
    /// # Errors
    /// [`Error::BadCursor`], or when the database fails.
    pub async fn site_changes(&self, query: SiteChangeQuery) -> Result<Page<SiteChange>> {
        self.read(move |sql| Box::pin(site::site_changes(sql, query))).await
    }
}
