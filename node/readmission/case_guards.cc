#include "node/readmission/case_guards.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "policy/day.h"

namespace tamga::readmission {
namespace {

// A paper whose last day is not wholly known is valid to the end of the month or year that is.
bool IsValidOn(const v1::TravelDocument& document, absl::CivilDay day) {
  const v1::PartialDate& expires = document.expires_on();
  if (expires.year() == 0) return false;
  const absl::CivilYear year(expires.year());
  if (expires.month() == 0) return absl::CivilDay(year + 1) > day;
  const absl::CivilMonth month(expires.year(), static_cast<int>(expires.month()));
  if (expires.day() == 0) return absl::CivilDay(month + 1) > day;
  return absl::CivilDay(expires.year(), static_cast<int>(expires.month()), static_cast<int>(expires.day())) >= day;
}

bool IsPassport(const v1::TravelDocument& document) {
  return absl::StrContains(absl::AsciiStrToLower(document.kind()), "passport");
}

bool HasValidDocument(const v1::ReadmissionApplication& application, absl::Time at, bool passport_only) {
  const absl::CivilDay day = absl::ToCivilDay(at, absl::UTCTimeZone());
  return std::any_of(application.documents().begin(), application.documents().end(), [&](const auto& document) {
    return (!passport_only || IsPassport(document)) && IsValidOn(document, day);
  });
}

bool HasEvidence(const v1::ReadmissionApplication& application, v1::EvidenceTier tier) {
  return std::any_of(application.evidence().begin(), application.evidence().end(),
                     [&](const v1::Evidence& evidence) { return evidence.tier() == tier; });
}

bool IsOfOtherState(v1::PersonCategory category) {
  return category == v1::PERSON_CATEGORY_THIRD_COUNTRY_NATIONAL || category == v1::PERSON_CATEGORY_STATELESS;
}

absl::Status NoProof(absl::string_view what) { return Error(absl::StatusCode::kFailedPrecondition, "NO_PROOF", what); }

absl::Status CheckCategory(const CaseMachine& machine) {
  if (machine.terms().FindCategory(machine.application().category()) != nullptr) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "TREATY_STEP",
               absl::StrCat("application.category: ", machine.terms().treaty().id(),
                            " is not about this group of persons; apply under another treaty"));
}

absl::Status CheckWithin(const CaseMachine& machine, const v1::TimeLimit& limit, absl::Time at) {
  const std::optional<absl::Time> due = machine.SubmissionDue(limit);
  if (!due.has_value()) {
    return InvalidField("application.known_on",
                        absl::StrCat("is required as YYYY-MM-DD: ", machine.terms().treaty().id(), " art. ",
                                     absl::StrJoin(limit.cites(), ", "), " limits the time to apply"));
  }
  if (at < *due || limit.on_expiry() != v1::ON_EXPIRY_BAR) return absl::OkStatus();
  return Error(absl::StatusCode::kFailedPrecondition, "LATE",
               absl::StrCat("application.known_on: the time to apply, under ", machine.terms().treaty().id(), " art. ",
                            absl::StrJoin(limit.cites(), ", "), ", passed at ", UtcText(*due)),
               {{"limit", limit.id()}});
}

absl::Status CheckAccelerated(const CaseMachine& machine, const v1::ReadmissionApplication& application) {
  const v1::Treaty& treaty = machine.terms().treaty();
  const bool is_known = std::any_of(treaty.time_limits().begin(), treaty.time_limits().end(), [](const auto& limit) {
    return limit.procedure() == v1::READMISSION_PROCEDURE_ACCELERATED;
  });
  if (!is_known) {
    return Error(absl::StatusCode::kFailedPrecondition, "TREATY_STEP",
                 absl::StrCat("procedure: ", treaty.id(), " has no accelerated procedure; use NORMAL"));
  }
  if (application.known_on().empty()) return InvalidField("application.known_on", "is required with ACCELERATED");
  if (application.apprehension().empty()) {
    return InvalidField("application.apprehension",
                        "is required with ACCELERATED: where and how was the person found?");
  }
  return absl::OkStatus();
}

absl::Status CheckKnownOn(const v1::ReadmissionApplication& application, absl::Time at) {
  if (application.known_on().empty()) return absl::OkStatus();
  const std::optional<absl::Time> day = policy::ParseDay(application.known_on());
  if (!day.has_value()) return InvalidField("application.known_on", "must be a day that exists, YYYY-MM-DD");
  // East of Greenwich the day has begun before.
  if (*day <= at + absl::Hours(14)) return absl::OkStatus();
  return InvalidField("application.known_on", "must not lie ahead");
}

// An application that came too late for the accelerated procedure must still be in time for the normal one.
absl::Status CheckSubmissionLimits(const CaseMachine& machine, const v1::ReadmissionApplication& application,
                                   absl::Time at) {
  const policy::ReadmissionTerms& terms = machine.terms();
  if (machine.procedure() == v1::READMISSION_PROCEDURE_ACCELERATED) {
    RETURN_IF_ERROR(CheckAccelerated(machine, application));
    const v1::TimeLimit* limit = terms.FindLimit(v1::CASE_CLOCK_SUBMISSION, machine.procedure());
    if (limit != nullptr) RETURN_IF_ERROR(CheckWithin(machine, *limit, at));
  }
  if (!IsOfOtherState(application.category())) return absl::OkStatus();
  const v1::TimeLimit* limit = terms.FindLimit(v1::CASE_CLOCK_SUBMISSION, v1::READMISSION_PROCEDURE_NORMAL);
  return limit == nullptr ? absl::OkStatus() : CheckWithin(machine, *limit, at);
}

absl::Status CheckApplicationFor(const v1::ReadmissionFile& file, const CaseMachine& machine,
                                 const v1::ReadmissionStep& step, absl::Time at) {
  if (step.kind() == v1::READMISSION_STEP_KIND_RESUBMIT) {
    if (machine.terms().FindCategory(step.application().category()) == nullptr) {
      return InvalidField("application.category", "must be a group of persons that the treaty is about");
    }
    if (step.application().known_on() != file.application().known_on()) {
      return InvalidField("application.known_on", "must stay what it was: withdraw, and apply anew");
    }
    return machine.terms().CheckEvidence(step.application());
  }
  RETURN_IF_ERROR(CheckCategory(machine));
  RETURN_IF_ERROR(machine.terms().CheckEvidence(file.application()));
  RETURN_IF_ERROR(CheckKnownOn(file.application(), at));
  if (machine.procedure() == v1::READMISSION_PROCEDURE_NOTICE) {
    return InvalidField("procedure", "must be NORMAL or ACCELERATED for an application");
  }
  return CheckSubmissionLimits(machine, file.application(), at);
}

absl::Status CheckNotice(const CaseMachine& machine, absl::Time at) {
  const v1::ReadmissionApplication& application = machine.application();
  if (machine.procedure() != v1::READMISSION_PROCEDURE_NOTICE) {
    return InvalidField("procedure", "must be NOTICE for a plain notice");
  }
  RETURN_IF_ERROR(CheckCategory(machine));
  RETURN_IF_ERROR(machine.terms().CheckEvidence(application));
  if (!HasValidDocument(application, at, true)) {
    return NoProof("application.documents: a plain notice needs a passport that is valid today; otherwise apply");
  }
  if (IsOfOtherState(application.category()) && !HasEvidence(application, v1::EVIDENCE_TIER_ROUTE_PROOF)) {
    return NoProof(
        "application.evidence: a plain notice of a third-country national needs the visa or permit, as ROUTE_PROOF");
  }
  if (machine.terms().treaty().readmission().notice_needs_willingness() && application.willing() != v1::TERNARY_YES) {
    return NoProof("application.willing: the treaty wants the person's written willingness; otherwise apply");
  }
  return absl::OkStatus();
}

absl::Status CheckCrossingPoint(const CaseMachine& machine, absl::string_view field, const std::string& point) {
  const auto& points = machine.terms().treaty().readmission().crossing_points();
  if (points.empty() || std::find(points.begin(), points.end(), point) != points.end()) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("must be one of ", machine.terms().treaty().id(),
                                          "'s crossing points: ", absl::StrJoin(points, ", ")));
}

// An officer signs for what has happened. Nodes' and officers' clocks differ a little.
absl::Status CheckHandOver(const v1::ReadmissionFile& file, const CaseMachine& machine,
                           const v1::HandOverRecord& record, absl::Time at) {
  constexpr absl::Duration kSkew = absl::Minutes(10);
  const absl::Time handed_over_at = FromProto(record.at());
  if (handed_over_at > at + kSkew || handed_over_at < FromProto(file.first().step().at()) - kSkew) {
    return InvalidField("hand_over.at", "must be after the application, and must not lie ahead");
  }
  return CheckCrossingPoint(machine, "hand_over.crossing_point", record.crossing_point());
}

}  // namespace

absl::Status CheckTreatyKnows(const CaseMachine& machine, v1::ReadmissionStepKind kind) {
  const v1::Treaty& treaty = machine.terms().treaty();
  const auto refuse = [&](absl::string_view why) {
    return Error(absl::StatusCode::kFailedPrecondition, "TREATY_STEP",
                 absl::StrCat("kind: ", treaty.id(), " has no ", why), {{"step", NameOf(kind)}});
  };
  if (machine.terms().FindStep(kind) == nullptr) return refuse(absl::StrCat("rule for ", NameOf(kind)));
  const bool is_extension = kind == v1::READMISSION_STEP_KIND_EXTEND;
  if (is_extension && machine.terms().FindLimit(v1::CASE_CLOCK_EXTENDED_REPLY, machine.procedure()) == nullptr) {
    return refuse("limit for an extended reply");
  }
  return absl::OkStatus();
}

bool HasProof(const CaseMachine& machine, const CaseRow& row, absl::Time at) {
  const v1::ReadmissionApplication& application = machine.application();
  if (row.guard == Guard::kDocument) return HasValidDocument(application, at, false);
  if (row.guard != Guard::kInterview) return true;
  return application.documents().empty() || (!HasEvidence(application, v1::EVIDENCE_TIER_NATIONALITY_PROOF) &&
                                             !HasEvidence(application, v1::EVIDENCE_TIER_NATIONALITY_PRIMA_FACIE));
}

absl::Status CheckGuards(const v1::ReadmissionFile& file, const CaseMachine& machine, const CaseRow& row,
                         const v1::ReadmissionStep& step, absl::Time at) {
  RETURN_IF_ERROR(CheckTreatyKnows(machine, row.kind));
  if (row.guard == Guard::kSubmission) return CheckApplicationFor(file, machine, step, at);
  if (row.guard == Guard::kNotice) return CheckNotice(machine, at);
  if (!HasProof(machine, row, at)) {
    return NoProof(row.guard == Guard::kInterview
                       ? "application.evidence: an interview needs evidence that is an indication only, or no document"
                       : "application.documents: none is valid today; ask for a travel document first");
  }
  if (step.has_transfer()) {
    RETURN_IF_ERROR(CheckCrossingPoint(machine, "transfer.crossing_point", step.transfer().crossing_point()));
  }
  if (step.has_hand_over()) RETURN_IF_ERROR(CheckHandOver(file, machine, step.hand_over(), at));
  return absl::OkStatus();
}

}  // namespace tamga::readmission
