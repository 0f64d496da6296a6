#include "node/reconciliation/reconciler.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/domain/typed.h"
#include "node/exchange/call_context.h"
#include "node/exchange/message_store.h"
#include "node/reconciliation/explanation.h"

namespace tamga::reconciliation {
namespace {

// As many as fit into a sealed payload, with room to spare.
constexpr size_t kMostItems = 8'000;
constexpr int kMostDifferencesTold = 1'000;

absl::Status LogChanged() {
  return Error(absl::StatusCode::kAborted, "LOG_CHANGED",
               "one of the logs got new entries of the period while they were compared; compare again");
}

absl::Status PartnerInconsistent(absl::string_view what) {
  return Error(absl::StatusCode::kFailedPrecondition, "PARTNER_LOG_INCONSISTENT",
               absl::StrCat("the partner's answers contradict each other: ", what,
                            "; compare again, and if it stays so have both logs verified"));
}

v1::LogReconciliation QuestionAbout(const std::string& treaty_id, const Windows& windows) {
  v1::LogReconciliation question;
  question.set_treaty_id(treaty_id);
  *question.mutable_since() = ToProto(windows.since);
  *question.mutable_until() = ToProto(windows.until);
  question.set_window_seconds(static_cast<uint32_t>(absl::ToInt64Seconds(windows.length)));
  return question;
}

// What a partner asks may be anything.
absl::StatusOr<Windows> WindowsOf(const v1::LogReconciliation& question, absl::Time now) {
  const Windows windows{FromProto(question.since()), FromProto(question.until()),
                        absl::Seconds(question.window_seconds())};
  RETURN_IF_ERROR(CheckPeriod(windows.since, windows.until, now));
  if (question.window_seconds() == 0) return InvalidField("window_seconds", "must be at least 1");
  if (windows.count() > kMostWindows) return InvalidField("window_seconds", "makes more than 100 windows");
  const auto told = static_cast<size_t>(question.windows_size());
  if (told != (question.has_result() ? 0 : windows.count())) {
    return InvalidField("windows", "must be one for each window, or none beside a result");
  }
  RETURN_IF_ERROR(CheckText("treaty_id", question.treaty_id(), 64));
  return windows;
}

// Entries about the comparison itself.
v1::LogEntry StartEntry(absl::string_view own, absl::string_view partner, absl::string_view exchange_id,
                        absl::Time now) {
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_RECONCILED);
  entry.set_exchange_id(std::string(exchange_id));
  entry.set_own(std::string(own));
  entry.set_partner(std::string(partner));
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_purpose(v1::PURPOSE_AUDIT);
  entry.set_operation(v1::OPERATION_LOG_RECONCILE);
  entry.set_record_kind(v1::RECORD_KIND_LOG);
  return entry;
}

// The same comparison, seen from the other side.
v1::LogComparison Mirrored(v1::LogComparison result) {
  const uint64_t only_there = result.only_there();
  result.set_only_there(result.only_here());
  result.set_only_here(only_there);
  result.mutable_own_root()->swap(*result.mutable_partner_root());
  return result;
}

// Where what is read of a window goes.
struct WindowSink {
  Digester* window;
  Digester* period;
  std::vector<Item>* items;
};

// Whether all items of the window fitted, being at most `most`; if not, none are kept.
absl::StatusOr<bool> ReadWindow(const LogSide& side, const Windows& windows, size_t window, size_t most,
                                const WindowSink& sink) {
  bool all_fit = true;
  RETURN_IF_ERROR(side.Visit(windows.BeginOf(window), windows.EndOf(window), [&](const Item& item) {
    sink.window->Add(item);
    sink.period->Add(item);
    all_fit = all_fit && sink.items->size() < most;
    if (all_fit) {
      sink.items->push_back(item);
    } else {
      sink.items->clear();
    }
    return absl::OkStatus();
  }));
  return all_fit;
}

// What the partner says of its own log is its word. What it says of ours is checked, `result` being seen from here: our
// log vouches for it.
absl::Status CheckResult(const v1::LogReconciliation& question, const v1::LogComparison& result,
                         const v1::LogDigest& own) {
  if (result.own_root() != own.root()) return LogChanged();
  const bool is_of_period = FromProto(result.since()) == FromProto(question.since()) &&
                            FromProto(result.until()) == FromProto(question.until()) &&
                            result.treaty_id() == question.treaty_id();
  if (!is_of_period) return InvalidField("result", "must be of the period and the treaty that the question names");
  if (result.partner_root().size() != ledger::kHashBytes) return InvalidField("result.own_root", "must be 32 bytes");
  const std::array<uint64_t, 3> ours = {result.matched(), result.only_here(), result.differs()};
  const bool is_bounded = std::all_of(ours.begin(), ours.end(), [&](uint64_t part) { return part <= own.count(); });
  if (!is_bounded || ours[0] + ours[1] + ours[2] != own.count()) {
    return InvalidField("result", absl::StrCat("must count the ", own.count(),
                                               " entries that the partner's log has of ", "the period, each once"));
  }
  const bool agrees = result.only_here() == 0 && result.only_there() == 0 && result.differs() == 0;
  if (agrees == (result.own_root() == result.partner_root())) return absl::OkStatus();
  return InvalidField("result", "must name differences if the two roots differ, and none if they do not");
}

}  // namespace

// To be taken before a comparison, and held until it ends.
class Reconciler::Place {
 public:
  // ResourceExhausted (COMPARISON_RUNNING), with `code` instead if that is told to a partner, while there is one.
  static absl::StatusOr<std::unique_ptr<Place>> Take(Reconciler& reconciler, const std::string& name,
                                                     absl::StatusCode code) {
    MutexLock lock(reconciler.mutex_);
    if (reconciler.running_.insert(name).second) return std::unique_ptr<Place>(new Place(reconciler, name));
    return Error(code, "COMPARISON_RUNNING",
                 "the log is being compared with this partner's already; wait until that has ended, then ask again");
  }
  ~Place() {
    MutexLock lock(reconciler_.mutex_);
    reconciler_.running_.erase(name_);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  Place(Reconciler& reconciler, std::string name) : reconciler_(reconciler), name_(std::move(name)) {}

  Reconciler& reconciler_;
  const std::string name_;
};

// One comparison under way.
struct Reconciler::Run {
  const exchange::Call& call;
  const v1::ReconcileRequest& request;
  LogSide side;
  v1::ReconcileResponse response;
  // Of the whole period: the own items, and the partner's as far as its answers tell.
  Digester own = {};
  Digester theirs = {};
  v1::LogDigest theirs_told = {};  // the partner's digest as it was told
};

absl::StatusOr<v1::LogReconciled> Reconciler::Ask(const Run& run, const v1::LogReconciliation& question,
                                                  v1::ExchangeSummary* summary) {
  exchange::Outgoing outgoing;
  outgoing.caller = parts_.node;
  outgoing.context.set_purpose(v1::PURPOSE_AUDIT);
  outgoing.context.set_case_reference(run.request.context().case_reference());
  outgoing.to = run.request.partner();
  outgoing.record_kind = v1::RECORD_KIND_LOG;
  outgoing.operation = v1::OPERATION_LOG_RECONCILE;
  outgoing.body = std::make_shared<v1::LogReconciliation>(question);
  outgoing.deadline = std::min(run.call.deadline, parts_.clock.Now() + parts_.partner_timeout);
  const exchange::AskResult asked = parts_.door.Ask(outgoing);
  *summary = asked.summary;
  RETURN_IF_ERROR(asked.status);
  return domain::ParseBody<v1::LogReconciled>(asked.result);
}

absl::StatusOr<v1::ReconcileResponse> Reconciler::Reconcile(const exchange::Call& call,
                                                            const v1::ReconcileRequest& request) {
  if (call.caller.State() != StateOf(parts_.own_agency)) {
    return Error(absl::StatusCode::kPermissionDenied, "OTHER_STATES_LOG",
                 absl::StrCat("only auditors and officers of ", StateOf(parts_.own_agency),
                              " compare this log; have your "
                              "own State's node compare its log with this one"));
  }
  RETURN_IF_ERROR(exchange::CheckContext(request.context()));
  if (request.context().purpose() != v1::PURPOSE_AUDIT) return InvalidField("context.purpose", "must be AUDIT");
  RETURN_IF_ERROR(CheckAgency("partner", request.partner()));
  RETURN_IF_ERROR(CheckText("treaty_id", request.treaty_id(), 64));
  const absl::Time since = FromProto(request.since());
  const absl::Time until = FromProto(request.until());
  RETURN_IF_ERROR(CheckPeriod(since, until, parts_.clock.Now()));

  ASSIGN_OR_RETURN(const std::unique_ptr<Place> place,
                   Place::Take(*this, absl::StrCat("with ", request.partner()), absl::StatusCode::kResourceExhausted));
  Run run{call, request, LogSide(parts_.database, request.partner(), request.treaty_id(), true), {}};
  v1::LogComparison& result = *run.response.mutable_comparison();
  *result.mutable_since() = request.since();
  *result.mutable_until() = request.until();
  result.set_treaty_id(request.treaty_id());
  const Windows windows = Divide(since, until);
  RETURN_IF_ERROR(ComparePeriod(windows, &run));
  if (!(run.theirs.Digest() == run.theirs_told)) return LogChanged();
  result.set_own_root(run.own.Digest().root());
  result.set_partner_root(run.theirs_told.root());

  v1::LogEntry entry = StartEntry(parts_.own_agency, request.partner(),
                                  ParseUuidV7(run.response.exchange().exchange_id()).value_or(""), parts_.clock.Now());
  entry.set_treaty_id(run.response.exchange().treaty_id());
  v1::Asker asker;
  asker.set_principal(call.caller.SpiffeId());
  asker.set_officer(request.context().officer());
  entry.set_asker_pseudonym(parts_.pseudonyms.OfAsker(asker));
  entry.set_case_pseudonym(parts_.pseudonyms.OfCase(request.context().case_reference()));
  ASSIGN_OR_RETURN(*run.response.mutable_own_log(), LogResult(result, std::move(entry)));

  v1::LogReconciliation told = QuestionAbout(request.treaty_id(), windows);
  *told.mutable_result() = result;
  v1::ExchangeSummary summary;
  const absl::StatusOr<v1::LogReconciled> logged = Ask(run, told, &summary);
  if (logged.ok()) *run.response.mutable_partner_log() = logged->logged_at();
  *run.response.mutable_exchange() = std::move(summary);
  return std::move(run.response);
}

absl::Status Reconciler::ComparePeriod(const Windows& windows, Run* run) {
  v1::LogReconciliation question = QuestionAbout(run->request.treaty_id(), windows);
  for (size_t i = 0; i < windows.count(); ++i) {
    Digester digester;
    RETURN_IF_ERROR(run->side.Visit(windows.BeginOf(i), windows.EndOf(i), [&](const Item& item) {
      digester.Add(item);
      return absl::OkStatus();
    }));
    *question.add_windows() = digester.Digest();
  }
  const bool is_whole = run->response.exchange().exchange_id().empty();
  ASSIGN_OR_RETURN(const v1::LogReconciled answer, Ask(*run, question, run->response.mutable_exchange()));
  if (is_whole) run->theirs_told = answer.period();

  std::vector<std::vector<Item>> theirs(windows.count());
  for (const v1::LoggedItem& logged : answer.items()) {
    ASSIGN_OR_RETURN(Item item, ItemOfPartner(logged));
    const absl::Time time = TimeOfUuidV7(item.exchange_id);
    if (time < windows.since || time >= windows.until) return PartnerInconsistent("an item is not of the period");
    theirs[static_cast<size_t>((time - windows.since) / windows.length)].push_back(std::move(item));
  }
  const std::set<uint32_t> differing(answer.differing().begin(), answer.differing().end());
  const std::set<uint32_t> left_out(answer.left_out().begin(), answer.left_out().end());
  for (uint32_t i = 0; i < windows.count(); ++i) {
    const v1::LogDigest& own = question.windows(static_cast<int>(i));
    // Neither side holds more of a window in memory than fits into an answer.
    const bool is_large = left_out.count(i) > 0 || (differing.count(i) > 0 && own.count() > kMostItems);
    if (is_large && windows.count() > 1) {
      RETURN_IF_ERROR(ComparePeriod(Divide(windows.BeginOf(i), windows.EndOf(i)), run));
    } else if (is_large) {
      return PartnerInconsistent("one second has more items than fit into an answer");
    } else if (differing.count(i) > 0) {
      RETURN_IF_ERROR(CompareWindow(windows, i, own, theirs[i], run));
    } else {
      RETURN_IF_ERROR(TakeAsSame(windows, i, own, run));
    }
  }
  return absl::OkStatus();
}

absl::Status Reconciler::TakeAsSame(const Windows& windows, size_t window, const v1::LogDigest& digest, Run* run) {
  Digester digester;
  RETURN_IF_ERROR(run->side.Visit(windows.BeginOf(window), windows.EndOf(window), [&](const Item& item) {
    digester.Add(item);
    run->own.Add(item);
    run->theirs.Add(item);
    return absl::OkStatus();
  }));
  if (!(digester.Digest() == digest)) return LogChanged();
  v1::LogComparison& result = *run->response.mutable_comparison();
  result.set_matched(result.matched() + digest.count());
  return absl::OkStatus();
}

absl::Status Reconciler::CompareWindow(const Windows& windows, size_t window, const v1::LogDigest& digest,
                                       const std::vector<Item>& theirs, Run* run) {
  std::vector<Item> own;
  RETURN_IF_ERROR(run->side.Visit(windows.BeginOf(window), windows.EndOf(window), [&](const Item& item) {
    own.push_back(item);
    return own.size() > digest.count() ? LogChanged() : absl::OkStatus();
  }));
  if (!(DigestOf(own) == digest)) return LogChanged();
  const auto is_before = [](const Item& a, const Item& b) { return a.Bytes() < b.Bytes(); };
  if (std::adjacent_find(theirs.begin(), theirs.end(),
                         [&](const Item& a, const Item& b) { return !is_before(a, b); }) != theirs.end()) {
    return PartnerInconsistent("its items are not in order");
  }
  for (const Item& item : own) run->own.Add(item);
  for (const Item& item : theirs) run->theirs.Add(item);
  v1::LogComparison& result = *run->response.mutable_comparison();
  const Compared compared = Compare(own, theirs);
  result.set_matched(result.matched() + compared.matched);
  for (const Difference& difference : compared.differences) {
    switch (difference.type) {
      case v1::LOG_DIFFERENCE_TYPE_ONLY_HERE:
        result.set_only_here(result.only_here() + 1);
        break;
      case v1::LOG_DIFFERENCE_TYPE_ONLY_THERE:
        result.set_only_there(result.only_there() + 1);
        break;
      default:
        result.set_differs(result.differs() + 1);
    }
    if (run->response.differences_size() == kMostDifferencesTold) {
      run->response.set_more(true);
      continue;
    }
    ASSIGN_OR_RETURN(*run->response.add_differences(), Describe(*run, difference));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::LogDifference> Reconciler::Describe(const Run& run, const Difference& difference) const {
  const Item& item = difference.here ? *difference.here : *difference.there;
  v1::LogDifference described;
  described.set_exchange_id(FormatUuid(item.exchange_id));
  described.set_kind(item.kind);
  described.set_type(difference.type);
  OwnTraces traces;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, session->EntriesOfExchange(item.exchange_id));
    for (const store::EntryRow& row : rows) {
      if (row.partner != run.request.partner()) continue;
      traces.kinds.insert(row.kind);
      if (!difference.here || row.index != difference.here->index) continue;
      v1::IndexedEntry& own = *described.mutable_own();
      own.mutable_position()->set_origin(parts_.log_origin);
      own.mutable_position()->set_index(row.index);
      own.set_entry_bytes(row.body);
      if (!own.mutable_entry()->ParseFromString(row.body)) own.clear_entry();
    }
    traces.waits = session->FindOutbox(item.exchange_id).ok();
  }
  if (difference.here && difference.here->kind == v1::ENTRY_KIND_SENT) {
    described.set_partner_proof(ReceiptProof(parts_.database, parts_.vault, run.request.partner(), item.exchange_id));
  }
  traces.has_receipt = !described.partner_proof().empty();
  described.set_explanation(Explain(difference.type, item.kind, traces));
  return described;
}

absl::StatusOr<v1::LogPosition> Reconciler::LogResult(const v1::LogComparison& result, v1::LogEntry entry) const {
  *entry.mutable_reconciliation() = result;
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  ASSIGN_OR_RETURN(const ledger::Appended appended, parts_.sequencer.Append(std::move(submission)));
  return PositionOf(appended.index);
}

v1::LogPosition Reconciler::PositionOf(uint64_t index) const {
  v1::LogPosition position;
  position.set_origin(parts_.log_origin);
  position.set_index(index);
  return position;
}

absl::StatusOr<v1::LogPosition> Reconciler::LogOnce(const v1::LogComparison& result, const v1::LogEntry& entry) {
  MutexLock lock(logging_);
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.database.Read());
    ASSIGN_OR_RETURN(const std::vector<store::EntryRow> rows, session->EntriesOfExchange(entry.exchange_id()));
    for (const store::EntryRow& row : rows) {
      if (row.kind == v1::ENTRY_KIND_RECONCILED && row.partner == entry.partner()) return PositionOf(row.index);
    }
  }
  return LogResult(result, entry);
}

absl::StatusOr<exchange::Answer> Reconciler::HandleRequest(const exchange::Incoming& request) {
  ASSIGN_OR_RETURN(const auto question, domain::ParseBody<v1::LogReconciliation>(request.body));
  ASSIGN_OR_RETURN(const Windows windows, WindowsOf(question, request.received_at));
  ASSIGN_OR_RETURN(const std::unique_ptr<Place> place, Place::Take(*this, absl::StrCat("for ", request.header.from()),
                                                                   absl::StatusCode::kFailedPrecondition));
  const LogSide side(parts_.database, request.header.from(), question.treaty_id(), false);
  auto answer = std::make_unique<v1::LogReconciled>();
  Digester period;
  size_t told = 0;
  for (uint32_t i = 0; i < windows.count(); ++i) {
    Digester digester;
    std::vector<Item> items;
    const size_t most = question.has_result() ? 0 : kMostItems - told;
    ASSIGN_OR_RETURN(const bool all_fit, ReadWindow(side, windows, i, most, {&digester, &period, &items}));
    if (question.has_result() || digester.Digest() == question.windows(static_cast<int>(i))) continue;
    answer->add_differing(i);
    if (!all_fit) {
      answer->add_left_out(i);
      continue;
    }
    told += items.size();
    for (const Item& item : items) *answer->add_items() = LoggedItemOf(item);
  }
  *answer->mutable_period() = period.Digest();
  exchange::Answer handed{nullptr, {}};
  if (question.has_result()) {
    v1::LogEntry entry =
        StartEntry(parts_.own_agency, request.header.from(), request.header.exchange_id(), parts_.clock.Now());
    entry.set_treaty_id(request.header.treaty().id());
    entry.set_treaty_sha256(request.header.treaty().document_sha256());
    const v1::LogComparison result = Mirrored(question.result());
    RETURN_IF_ERROR(CheckResult(question, result, answer->period()));
    handed.carry_out = [this, entry, result, answer = answer.get()]() -> absl::Status {
      ASSIGN_OR_RETURN(*answer->mutable_logged_at(), LogOnce(result, entry));
      return absl::OkStatus();
    };
  }
  handed.result = std::move(answer);
  return handed;
}

absl::StatusOr<store::Effects> Reconciler::HandleSettled(const exchange::Settled& /*settled*/) {
  return store::Effects();
}

}  // namespace tamga::reconciliation
