#include "node/safeguard/safeguard_office.h"

#include <optional>
#include <utility>
#include <vector>

#include "certs/principal.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/domain/page_size.h"
#include "node/domain/typed.h"
#include "node/safeguard/request_checks.h"

namespace tamga::safeguard {
namespace {

constexpr char kWorkKind[] = "safeguard-work";
constexpr int kMaxAttemptsOnConflict = 5;

absl::Status NotStanding() {
  return Error(absl::StatusCode::kFailedPrecondition, "NOT_STANDING", "the safeguard is released already");
}

// The same person may hold several certificates; that is for whoever issues them to see to. Two certificates are what a
// node can tell apart.
absl::Status CheckIsSecond(const v1::Safeguard& safeguard, const certs::Principal& officer) {
  const std::string id = officer.SpiffeId();
  if (id != safeguard.set_by() && id != safeguard.release_asked_by()) return absl::OkStatus();
  return Error(absl::StatusCode::kPermissionDenied, "SECOND_PERSON_REQUIRED",
               "another protection officer than those who set the safeguard and who asked for its release must "
               "release it");
}

}  // namespace

absl::StatusOr<v1::SetSafeguardResponse> SafeguardOffice::Set(const exchange::Call& call,
                                                              const v1::SetSafeguardRequest& request) {
  RETURN_IF_ERROR(CheckSet(request));
  absl::StatusOr<v1::SetSafeguardResponse> response = SetOnce(call, request);
  for (int attempt = 1; absl::IsAborted(response.status()) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    response = SetOnce(call, request);
  }
  if (!response.ok()) return response;
  for (std::string& case_id : SeeToCasesOf(response->safeguard().person(), call.deadline)) {
    response->add_case_ids(std::move(case_id));
  }
  return response;
}

absl::StatusOr<v1::SetSafeguardResponse> SafeguardOffice::SetOnce(const exchange::Call& call,
                                                                  const v1::SetSafeguardRequest& request) {
  const domain::KeyedCall keyed{request.context().idempotency_key(), request};
  v1::SetSafeguardResponse response;
  ASSIGN_OR_RETURN(const std::optional<std::string> earlier, keys_.Find(keyed));
  if (earlier) {
    ASSIGN_OR_RETURN(*response.mutable_safeguard(), parts_.book.Find(*earlier));
    return response;
  }
  const absl::Time now = parts_.clock.Now();
  v1::Safeguard& safeguard = *response.mutable_safeguard();
  safeguard.set_safeguard_id(FormatUuid(NewUuidV7(now, parts_.rng)));
  ASSIGN_OR_RETURN(*safeguard.mutable_person(), Completed(request.person()));
  safeguard.set_ground(request.ground());
  safeguard.set_note(request.note());
  safeguard.set_state(v1::SAFEGUARD_STATE_STANDS);
  safeguard.set_set_by(call.caller.SpiffeId());
  *safeguard.mutable_set_at() = ToProto(now);
  ASSIGN_OR_RETURN(store::Effects effects, parts_.book.File(&safeguard));
  ASSIGN_OR_RETURN(store::Effects note, Note(safeguard, now + kLastLookAfter));
  effects.Add(std::move(note));
  effects.Add(keys_.Remember(keyed, safeguard.safeguard_id(), now));
  RETURN_IF_ERROR(parts_.writer.Commit(std::move(effects)));
  return response;
}

absl::StatusOr<v1::GetSafeguardResponse> SafeguardOffice::Get(const v1::GetSafeguardRequest& request) const {
  RETURN_IF_ERROR(CheckSafeguardId(request.safeguard_id()));
  v1::GetSafeguardResponse response;
  ASSIGN_OR_RETURN(*response.mutable_safeguard(), parts_.book.Find(request.safeguard_id()));
  return response;
}

absl::StatusOr<v1::ListSafeguardsResponse> SafeguardOffice::List(const v1::ListSafeguardsRequest& request) const {
  ASSIGN_OR_RETURN(const size_t page_size, domain::PageSize(request.page_size()));
  ASSIGN_OR_RETURN(SafeguardPage page, parts_.book.List(page_size, request.page_token()));
  v1::ListSafeguardsResponse response;
  for (v1::Safeguard& safeguard : page.safeguards) {
    if (request.state() != v1::SAFEGUARD_STATE_UNSPECIFIED && safeguard.state() != request.state()) continue;
    *response.add_safeguards() = std::move(safeguard);
  }
  response.set_next_page_token(std::move(page.next_page_token));
  return response;
}

absl::StatusOr<v1::AskReleaseResponse> SafeguardOffice::AskRelease(const exchange::Call& call,
                                                                   const v1::AskReleaseRequest& request) {
  RETURN_IF_ERROR(CheckAskRelease(request));
  v1::AskReleaseResponse response;
  v1::Safeguard& safeguard = *response.mutable_safeguard();
  ASSIGN_OR_RETURN(safeguard, parts_.book.Find(request.safeguard_id()));
  if (safeguard.state() == v1::SAFEGUARD_STATE_RELEASED) return NotStanding();
  safeguard.set_state(v1::SAFEGUARD_STATE_RELEASE_ASKED);
  safeguard.set_release_asked_by(call.caller.SpiffeId());
  *safeguard.mutable_release_asked_at() = ToProto(parts_.clock.Now());
  safeguard.set_release_reason(request.reason());
  RETURN_IF_ERROR(parts_.writer.Commit(parts_.book.Save(&safeguard)));
  return response;
}

absl::StatusOr<v1::ReleaseSafeguardResponse> SafeguardOffice::Release(const exchange::Call& call,
                                                                      const v1::ReleaseSafeguardRequest& request) {
  RETURN_IF_ERROR(CheckRelease(request));
  absl::StatusOr<v1::ReleaseSafeguardResponse> response = ReleaseOnce(call, request);
  for (int attempt = 1; absl::IsAborted(response.status()) && attempt < kMaxAttemptsOnConflict; ++attempt) {
    response = ReleaseOnce(call, request);
  }
  if (response.ok()) SeeToCasesOf(response->safeguard().person(), call.deadline);
  return response;
}

absl::StatusOr<v1::ReleaseSafeguardResponse> SafeguardOffice::ReleaseOnce(const exchange::Call& call,
                                                                          const v1::ReleaseSafeguardRequest& request) {
  v1::ReleaseSafeguardResponse response;
  v1::Safeguard& safeguard = *response.mutable_safeguard();
  ASSIGN_OR_RETURN(safeguard, parts_.book.Find(request.safeguard_id()));
  if (safeguard.state() == v1::SAFEGUARD_STATE_RELEASED) return NotStanding();
  if (safeguard.state() != v1::SAFEGUARD_STATE_RELEASE_ASKED) {
    return Error(absl::StatusCode::kFailedPrecondition, "RELEASE_NOT_ASKED",
                 "nobody has asked for the release of this safeguard; ask first, and let a second protection officer "
                 "release it");
  }
  RETURN_IF_ERROR(CheckIsSecond(safeguard, call.caller));
  const absl::Time now = parts_.clock.Now();
  safeguard.set_state(v1::SAFEGUARD_STATE_RELEASED);
  safeguard.set_released_by(call.caller.SpiffeId());
  *safeguard.mutable_released_at() = ToProto(now);
  store::Effects effects = parts_.book.Save(&safeguard);
  ASSIGN_OR_RETURN(store::Effects unfiled, parts_.book.Unfile(safeguard));
  effects.Add(std::move(unfiled));
  ASSIGN_OR_RETURN(store::Effects note, Note(safeguard, now));
  effects.Add(std::move(note));
  RETURN_IF_ERROR(parts_.writer.Commit(std::move(effects)));
  return response;
}

absl::StatusOr<v1::ProtectedPerson> SafeguardOffice::Completed(v1::ProtectedPerson person) const {
  const std::vector<std::string> case_ids(person.case_ids().begin(), person.case_ids().end());
  for (const std::string& case_id : case_ids) {
    ASSIGN_OR_RETURN(const std::optional<v1::ProtectedPerson> known, parts_.cases.PersonOfCase(case_id));
    if (!known) continue;
    person.mutable_names()->MergeFrom(known->names());
    person.mutable_documents()->MergeFrom(known->documents());
    if (!person.has_born_on() && known->has_born_on()) *person.mutable_born_on() = known->born_on();
  }
  return person;
}

absl::StatusOr<store::Effects> SafeguardOffice::Note(const v1::Safeguard& safeguard, absl::Time last_look_at) const {
  const absl::StatusOr<store::Record> before = parts_.records.Get(kWorkKind, safeguard.safeguard_id());
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  v1::SafeguardWork work;
  work.set_safeguard_id(safeguard.safeguard_id());
  *work.mutable_person() = safeguard.person();
  *work.mutable_last_look_at() = ToProto(last_look_at);
  return parts_.records.Put(kWorkKind, safeguard.safeguard_id(), before.ok() ? before->version : 0,
                            work.SerializeAsString(), parts_.clock.Now());
}

std::vector<std::string> SafeguardOffice::SeeToCasesOf(const v1::ProtectedPerson& person, absl::Time deadline) {
  absl::StatusOr<std::vector<std::string>> found = parts_.cases.LookAgain(person);
  const absl::Status done = found.ok() ? parts_.cases.CarryOut(deadline) : found.status();
  if (!done.ok()) Log(Severity::kWarning, "cases not held or released yet", {{"reason", ReasonOf(done)}});
  return found.ok() ? *std::move(found) : std::vector<std::string>();
}

absl::Status SafeguardOffice::SeeToCases(absl::Time deadline) {
  struct Noted {
    v1::SafeguardWork work;
    int64_t version;
  };
  std::vector<Noted> all;
  RETURN_IF_ERROR(parts_.records.ForEach(kWorkKind, [&all](const store::Record& record) -> absl::Status {
    ASSIGN_OR_RETURN(v1::SafeguardWork work, domain::ParseStored<v1::SafeguardWork>(record));
    all.push_back({std::move(work), record.version});
    return absl::OkStatus();
  }));
  for (const Noted& noted : all) {
    RETURN_IF_ERROR(parts_.cases.LookAgain(noted.work.person()).status());
    if (parts_.clock.Now() < FromProto(noted.work.last_look_at())) continue;
    const absl::Status done =
        parts_.writer.Commit(parts_.records.Delete(kWorkKind, noted.work.safeguard_id(), noted.version));
    // Aborted: more came to be done meanwhile.
    if (!done.ok() && !absl::IsAborted(done)) return done;
  }
  return parts_.cases.CarryOut(deadline);
}

}  // namespace tamga::safeguard
