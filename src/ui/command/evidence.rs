//! Which test shows what each command does, for the table of the manual. `file::test`; the files are those of `tests/ui`,
//! `tests/gestures` and `tests/end_to_end`, and `tests/ui_window.rs`.

use super::Command;

/// The test that shows the command at work.
pub(super) fn test_of(command: Command) -> &'static str {
    match command {
        Command::OpenFolder | Command::OpenProject => {
            "start::the_own_path_dialog_completes_with_tab_and_opens_with_enter"
        }
        Command::SaveCopy => "commands::a_copy_is_saved_elsewhere_with_the_newest_edit",
        Command::CheckProject => "commands::a_check_for_damage_says_that_all_is_well",
        Command::Settings | Command::ToggleTheme => "settings::the_theme_is_chosen_in_the_settings_and_saved_at_once",
        Command::Quit => "end_to_end::closing_asks_nothing_and_the_next_start_goes_on",
        Command::Palette => "ui_window::the_palette_finds_a_command_by_a_few_letters_and_runs_it",
        Command::Keys => "start::the_key_sheet_shows_the_keys_of_the_mode_and_of_the_tool",
        Command::FirstSteps => "start::the_five_first_steps_disappear_as_they_are_done",
        Command::FocusPanels => "settings::f6_gives_the_keyboard_to_the_panels_and_esc_takes_it_back",
        _ => edit(command).or_else(|| view(command)).or_else(|| images(command)).unwrap_or_else(|| {
            shapes(command).or_else(|| review(command)).or_else(|| sync(command)).unwrap_or_else(|| direct(command))
        }),
    }
}

fn edit(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::Undo | Command::Redo => "ui_window::undo_and_redo_by_keys_take_everything_back_and_repeat_it",
        Command::Copy => "shaping::copying_puts_json_on_the_desktops_clipboard_that_can_be_pasted_again",
        Command::Paste => "ui_window::copy_and_paste_put_a_shape_at_the_same_place_of_another_image",
        Command::PasteOnNext => "shaping::pasting_on_the_next_images_asks_how_many_and_one_undo_takes_all_back",
        Command::Duplicate => "ui_window::duplicate_makes_a_second_one_beside_it",
        Command::RepeatLast => "shaping::t_draws_the_last_shape_again_where_the_pointer_is",
        Command::Delete => "ui_window::delete_removes_what_is_selected_and_undo_brings_it_back",
        Command::SelectAll => "view::hidden_shapes_are_not_seen_not_selected_and_not_deleted",
        Command::SelectSame => "shaping::alt_and_an_arrow_select_the_neighbour_and_shift_c_what_is_alike",
        Command::WhatLiesHere => "shaping::q_lists_what_lies_under_the_pointer_and_takes_one",
        Command::FinishShape => "ui_window::a_polygon_is_clicked_and_closed_with_enter",
        Command::Escape => "vertices::esc_lets_the_vertices_go_and_keeps_the_selection",
        _ => return None,
    })
}

fn view(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::Fit | Command::ActualSize | Command::FitSelection | Command::ZoomIn | Command::ZoomOut => {
            "view::keys_show_the_pixels_as_points_the_selection_or_all_of_it"
        }
        Command::Hide | Command::ShowAll => "view::hidden_shapes_are_not_seen_not_selected_and_not_deleted",
        Command::HideAll | Command::LockAll => {
            "settings::in_cvats_keys_t_and_then_h_hides_all_and_t_and_then_l_locks_all"
        }
        Command::HideConcept | Command::LockConcept => "view::a_concept_is_hidden_and_locked_by_keys",
        Command::Lock | Command::UnlockAll => "view::a_locked_shape_stays_where_it_is_and_says_why",
        Command::Solo | Command::SoloConcept => "view::solo_shows_one_shape_or_one_concept_and_then_all_again",
        Command::AdjustPicture => "view::the_picture_window_has_a_slider_for_each_and_switches",
        Command::Brighter
        | Command::Darker
        | Command::MoreContrast
        | Command::LessContrast
        | Command::InvertPicture
        | Command::ResetPicture => "view::the_light_of_the_picture_is_changed_by_keys_and_taken_back_and_kept",
        Command::Crosshair | Command::PixelGrid | Command::Labels | Command::ColorBy => "view::every_aid_has_a_key",
        Command::Minimap => "view::the_overview_comes_with_the_zoom_and_moves_the_view",
        Command::Loupe => "view::the_loupe_shows_while_its_key_is_held",
        Command::ToggleImages => "settings::a_panel_that_was_closed_is_closed_at_the_next_start",
        Command::ToggleSide => "settings::f10_closes_the_panel_at_the_right_and_opens_it_again",
        _ => return None,
    })
}

fn images(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::AddImages => "start::images_that_are_dropped_are_added_and_what_is_no_image_is_said",
        Command::ImportAnnotations => "dialogs::annotations_that_are_dropped_are_looked_at_and_then_imported",
        Command::ImportFolder => "commands::a_folder_of_annotations_is_imported_after_a_look",
        Command::ExportAnnotations => "exchange::an_export_says_what_is_lost_and_writes_when_told",
        Command::PreviousImage | Command::NextImage => "ui_window::d_and_a_show_the_next_and_the_previous_image",
        Command::NextUnlabelled => "images::n_goes_to_the_next_image_without_annotations",
        Command::FilterImages => "images::slash_goes_to_the_filter_and_enter_to_the_first_that_matches",
        Command::SelectPreviousImage | Command::SelectNextImage | Command::SelectListedImages => {
            "images::ctrl_and_shift_clicks_select_images"
        }
        Command::Assign => "images::images_are_assigned_to_somebody_by_a_filter_and_not_twice",
        Command::DeleteAll => {
            "images::annotations_of_many_images_are_deleted_after_a_look_and_one_undo_brings_them_back"
        }
        Command::RemoveImage => "images::images_are_removed_here_and_on_the_server_after_a_question",
        _ => return None,
    })
}

fn shapes(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::ToolSelect | Command::ToolBox | Command::ToolPolygon | Command::ToolPan => {
            "dialogs::every_tool_of_the_rail_is_taken_by_a_click"
        }
        Command::ToolExtreme => "extremes::four_clicks_make_the_box_round_them_in_any_order",
        Command::ToolSlice => "slicing::a_drag_across_a_polygon_cuts_it_in_two",
        Command::KeyboardCursor => "shaping::a_box_is_drawn_with_the_keyboard_alone",
        Command::ToggleSnap => "snapping::snapping_can_be_switched_off_for_good",
        Command::EditConcept => "concepts::ctrl_e_chooses_the_concept_of_all_that_is_selected",
        Command::LabelImage => "ui_window::the_whole_image_is_labelled_by_l_and_has_a_chip",
        Command::LabelRegion => "concepts::g_puts_an_annotation_of_ones_own_on_the_region_of_another",
        Command::Unite => "shaping::uniting_makes_one_of_two_and_keeps_the_first",
        Command::Subtract => "shaping::subtracting_the_middle_asks_about_the_hole_and_cuts_it_open",
        Command::Intersect => "combining::union_and_intersection_take_the_others_and_a_cutter_stays",
        Command::Simplify => "shaping::simplifying_shows_the_count_while_the_tolerance_changes",
        Command::Smooth => "combining::smoothing_keeps_the_count_and_the_vertices_in_the_image",
        Command::Mend => "shaping::a_bow_tie_is_marked_as_a_problem_and_m_mends_it",
        _ => return None,
    })
}

fn review(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::ToggleReview => "review::r_enters_the_review_with_everything_that_waits_and_leaves_it_again",
        Command::MyWork => "review_more::shift_w_reviews_what_is_pending_in_my_name",
        Command::ReviewLook => "review_more::o_shows_the_item_as_it_was_before_its_last_edit",
        Command::RejectAll => "review_more::everything_is_rejected_after_a_look",
        Command::AssignAll => "review_more::everything_is_given_to_another_user_and_taken_back_as_one",
        Command::ReviewReload => "review_more::f5_takes_in_what_came_since",
        Command::NextFinding | Command::MendFinding | Command::Findings => "review::rules_find_go_to_and_mend",
        Command::CompareSides => "review::two_sides_are_compared_and_settled_by_keys",
        Command::Statistics => "review::statistics_count_what_was_decided_today",
        Command::Accept => "review::a_accepts_and_goes_on",
        Command::Reject => "review::x_rejects_and_goes_on",
        Command::RequestChanges => "review::c_asks_for_changes_and_goes_on",
        Command::RequestChangesSaying => "review::shift_c_asks_for_changes_with_a_reason_that_the_next_person_sees",
        Command::ReviewEdit => "review::e_takes_the_item_in_hand_and_a_accepts_it",
        Command::Negative => "review::n_says_not_and_back",
        Command::Skip => "review::s_skips_without_a_decision",
        Command::ReviewNext | Command::ReviewPrevious => "review::j_and_k_go_on_and_back",
        Command::ReviewUndo => "review::z_takes_the_last_decision_back_and_shows_it_again",
        Command::AcceptAll => "review::everything_is_accepted_after_a_look_and_taken_back_as_one",
        Command::CropsOfQueue => "review::the_gallery_chooses_many_by_keys_and_rejects_them",
        Command::AssignItem => "review::an_item_is_given_to_another_user_as_pending_work",
        Command::ReviewFilter => "review::the_filter_changes_the_queue_and_can_be_saved",
        _ => return None,
    })
}

fn sync(command: Command) -> Option<&'static str> {
    Some(match command {
        Command::SyncNow => "sync::two_people_change_the_same_box_and_nothing_is_overwritten_in_silence",
        Command::Plan => "sync::the_plan_is_worked_by_keys_alone",
        Command::NextTrouble => "sync::the_next_problem_is_found_on_whatever_image_it_is",
        Command::Browse => "images::the_server_tells_who_annotated_and_what_they_made",
        Command::NewKey => "sync::an_expired_key_is_entered_anew_and_what_was_kept_goes_out",
        Command::Connect => "dialogs::connecting_tests_the_key_before_it_takes_it",
        _ => return None,
    })
}

fn direct(command: Command) -> &'static str {
    if command.concept_index().is_some() {
        return "ui_window::digits_label_the_selection_again";
    }
    if command.nudge().is_some() {
        return "ui_window::a_shape_is_moved_by_a_drag_and_nudged_by_arrows";
    }
    if command.corner().is_some() {
        return "shaping::corners_go_by_keys";
    }
    match command {
        Command::NextDigits | Command::PreviousDigits => "concepts::the_digits_go_on_to_the_next_ten_concepts",
        Command::NextShape | Command::PreviousShape => "mended::tab_goes_through_the_shapes_in_reading_order",
        Command::SelectLeft | Command::SelectRight | Command::SelectUp | Command::SelectDown => {
            "shaping::alt_and_an_arrow_select_the_neighbour_and_shift_c_what_is_alike"
        }
        Command::CursorNextGrip | Command::CursorPreviousGrip => {
            "keyboard::the_brackets_go_from_grip_to_grip_and_round"
        }
        _ if command.cursor_key().is_some() => "shaping::a_box_is_drawn_with_the_keyboard_alone",
        _ => "",
    }
}
