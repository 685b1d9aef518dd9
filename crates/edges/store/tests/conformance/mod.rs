//! Every case of the suite as a test of a backend.

/// Makes a test of each backend out of each case.
macro_rules! conformance {
    ($backend:ty) => {
        conformance!($backend:
            wire::an_empty_store_has_nothing,
            wire::a_batch_counts_once,
            wire::a_gap_is_named_and_changes_nothing,
            wire::a_gap_can_be_accepted,
            wire::a_failure_leaves_others_alone,
            wire::many_sensors_at_once,
            wire::what_is_read_is_what_was_written,
            wire::unknown_names_are_refused,
            wire::a_field_of_a_newer_version_says_so,
            wire::impossible_counts_are_refused,
            wire::conversations_come_in_pages,
            wire::hours_are_forgotten_and_totals_stay,
            splits::any_split_gives_the_same_evidence,
            devices::a_device_reads_back,
            devices::lists_sort_filter_and_turn_pages,
            devices::search_finds_parts_of_names_and_addresses,
            devices::facets_and_summary_count,
            devices::lifecycle_moves_and_is_recorded,
            devices::statements_are_kept_beside_what_is_derived,
            devices::a_device_absorbs_another,
            devices::changes_come_in_pages,
            devices::a_failed_put_changes_nothing,
            devices::seen_again_is_no_new_version,
            audits::windows_expect_changes_until_they_are_cancelled,
            audits::an_audit_is_answered_and_signed_off,
            audits::views_are_seen_by_their_owner_or_by_all,
            audits::labels_are_found_by_their_filter,
            filters::a_filter_finds_what_passes_it,
            filters::addresses_sort_as_numbers,
            statements::statements_of_several_sources_stand_side_by_side,
            statements::statements_come_in_order_and_lists_show_them_without_a_new_version,
            statements::the_last_report_about_a_patient_is_kept,
            statements::a_model_has_defaults,
            adjustments::a_merge_hides_and_its_undo_shows_again,
            adjustments::a_split_gives_an_anchor_away_and_its_undo_gives_it_back,
            accounts::accounts_and_sessions,
            enrolments::a_token_serves_once_until_it_expires,
            enrolments::a_sensor_is_renewed_and_revoked_for_ever,
            audit_log::every_act_leaves_its_record,
            audit_log::the_log_verifies_and_is_signed_when_due,
            audit_log::records_are_found_by_what_they_say,
            audit_log::what_fails_leaves_no_record,
            audit_log::many_at_once_make_one_chain,
            accounts::roles_change_and_the_last_of_one_stays,
        );
    };
    ($backend:ty: $($module:ident::$case:ident),* $(,)?) => {
        $(
            #[test]
            fn $case() {
                let Some(mut backend) = <$backend>::new() else { return };
                let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
                runtime.unwrap().block_on(suite::$module::$case(&mut backend));
            }
        )*
    };
}
pub(crate) use conformance;
