#include "node/readmission/case_clock_keeper.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "node/readmission/case_erasure.h"
#include "node/readmission/case_table.h"
#include "node/store/transaction.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::readmission {
namespace {

constexpr size_t kBatch = 256;
constexpr int kMaxAttemptsOnConflict = 3;
constexpr absl::Duration kTryAgainAfter = absl::Minutes(10);
constexpr std::chrono::seconds kInterval{1};

// Sets only when the case is looked at again.
ledger::Submission LookAgain(const store::CaseToActOn& seen, absl::Time act_at) {
  ledger::Submission submission;
  submission.effects.writes.push_back(
      [seen, act_at](store::Transaction& transaction) { return transaction.PostponeCase(seen, act_at); });
  return submission;
}

bool IsSame(const v1::ReadmissionEvent& event, const v1::NoticedEvent& noticed) {
  return event.kind() == noticed.kind() && FromProto(event.at()) == FromProto(noticed.at());
}

}  // namespace

absl::StatusOr<bool> CaseClockKeeper::RunBatch() {
  std::vector<store::CaseToActOn> due;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(due, session->CasesToActOn(parts_.clock.Now(), kBatch));
  }
  std::vector<store::CaseToActOn> worked_on;
  std::vector<ledger::Submission> work;
  for (const store::CaseToActOn& seen : due) {
    absl::StatusOr<ledger::Submission> of_case = WorkOn(seen);
    if (of_case.ok()) {
      worked_on.push_back(seen);
      work.push_back(*std::move(of_case));
    } else {
      RETURN_IF_ERROR(PutOff(seen, of_case.status()));
    }
  }
  const std::vector<absl::StatusOr<ledger::Appended>> results = parts_.sequencer.AppendAll(std::move(work));
  for (size_t i = 0; i < results.size(); ++i) {
    absl::Status status = results[i].status();
    // Somebody changed the case meanwhile: look again.
    for (int attempt = 1; absl::IsAborted(status) && attempt < kMaxAttemptsOnConflict; ++attempt) {
      absl::StatusOr<ledger::Submission> again = WorkOn(worked_on[i]);
      status = again.ok() ? parts_.sequencer.Append(*std::move(again)).status() : again.status();
    }
    if (!status.ok()) RETURN_IF_ERROR(PutOff(worked_on[i], status));
  }
  return due.size() == kBatch;
}

absl::StatusOr<ledger::Submission> CaseClockKeeper::WorkOn(const store::CaseToActOn& seen) const {
  const absl::Time now = parts_.clock.Now();
  absl::StatusOr<CaseStore::Stored> stored = parts_.cases.Load(seen.case_id);
  if (absl::IsNotFound(stored.status())) return LookAgain(seen, absl::InfiniteFuture());  // removed meanwhile
  RETURN_IF_ERROR(stored.status());
  v1::ReadmissionFile& file = stored->file;
  ASSIGN_OR_RETURN(const FoldedCase folded, parts_.cases.FoldAt(file, now));
  const int first_new = file.noticed_size();
  if (NoteClockEvents(folded, now, &file) == 0) {
    // Nothing has happened after all: a step has moved the limit, or the clock was set back.
    ASSIGN_OR_RETURN(const store::CaseRow row, parts_.cases.RowAt(file, now));
    return LookAgain(seen, row.act_at > now ? row.act_at : now + kTryAgainAfter);
  }
  if (folded.record.state() == v1::READMISSION_STATE_CLOSED && !file.has_erased_at()) EraseParticulars(now, &file);
  ledger::Submission submission;
  submission.entry = EntryOf(file, first_new, folded, now).SerializeAsString();
  submission.effects = parts_.cases.SaveAt(std::move(file), now);
  return submission;
}

v1::LogEntry CaseClockKeeper::EntryOf(const v1::ReadmissionFile& file, int first_new, const FoldedCase& folded,
                                      absl::Time now) const {
  const bool own_asked = file.requesting_agency() == parts_.cases.own_agency();
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_CASE_CLOCK);
  const absl::StatusOr<std::string> exchange = ParseUuidV7(file.first().exchange_id());
  entry.set_exchange_id(exchange.ok() ? *exchange : NewUuidV7(now, parts_.rng));
  entry.set_own(parts_.cases.own_agency());
  entry.set_partner(own_asked ? file.requested_agency() : file.requesting_agency());
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_treaty_id(file.treaty_id());
  entry.set_treaty_sha256(file.treaty_sha256());
  entry.set_purpose(v1::PURPOSE_READMISSION);
  entry.set_record_kind(v1::RECORD_KIND_READMISSION);
  entry.set_case_pseudonym(parts_.pseudonyms.OfCase(file.case_id()));
  std::set<std::string> articles;
  std::vector<std::string> kinds;
  for (int i = first_new; i < file.noticed_size(); ++i) {
    const v1::NoticedEvent& noticed = file.noticed(i);
    v1::CaseClockEvent& event = *entry.add_case_events();
    event.set_kind(noticed.kind());
    *event.mutable_at() = noticed.at();
    kinds.push_back(NameOf(noticed.kind()));
    for (const v1::ReadmissionEvent& in_history : folded.record.history()) {
      if (IsSame(in_history, noticed)) articles.insert(in_history.articles().begin(), in_history.articles().end());
    }
  }
  for (const std::string& article : articles) entry.add_articles(article);
  Log(Severity::kInfo, "readmission case changed by the clock",
      {{"case", file.case_id()},
       {"partner", entry.partner()},
       {"steps", absl::StrJoin(kinds, " ")},
       {"since", UtcText(FromProto(file.noticed(first_new).at()))}});
  return entry;
}

absl::Status CaseClockKeeper::PutOff(const store::CaseToActOn& seen, const absl::Status& why) {
  Log(Severity::kError, "readmission case not seen to",
      {{"case", seen.case_id}, {"reason", ReasonOf(why)}, {"detail", std::string(why.message())}});
  return parts_.sequencer.Append(LookAgain(seen, parts_.clock.Now() + kTryAgainAfter)).status();
}

CaseClockLoop::CaseClockLoop(CaseClockKeeper& keeper, const ClockWatch& watch)
    : keeper_(keeper), watch_(watch), thread_(kInterval, RepeatingThread::First::kAtOnce, [this] { Look(); }) {}

void CaseClockLoop::Look() {
  absl::StatusOr<bool> more = true;
  while (more.ok() && *more && !thread_.IsStopping() && watch_.Check().ok()) more = keeper_.RunBatch();
  if (!more.ok()) {
    Log(Severity::kError, "clocks of readmission cases not seen to",
        {{"detail", std::string(more.status().message())}});
  }
}

}  // namespace tamga::readmission
