#include "node/courier/courier.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/operations.h"
#include "node/exchange/reply_checks.h"
#include "node/store/transaction.h"

namespace tamga::courier {
namespace {

constexpr size_t kKeptReplies = 8;
// How many waiting requests are looked at for one bundle.
constexpr size_t kMostRows = 2 * kMostItems;
constexpr int kMostResults = 1'000;
// The name of a node that hands messages over by courier; its agency is what the bundle's seal proves.
constexpr char kCourierName[] = "courier";
// Of an error: why the certificate of a message's seal was not believed (certs/seal_verifier.cc).
constexpr char kCertificate[] = "certificate";

void Tell(const std::string& exchange_id, v1::DeliveryState state, const std::string& reason,
          v1::ImportBundleResponse* response) {
  if (response->results_size() == kMostResults) return;
  v1::BundleItemResult& result = *response->add_results();
  result.set_exchange_id(FormatUuid(exchange_id));
  result.set_state(state);
  result.set_reason(reason);
}

std::string ReasonOrOther(const absl::Status& status) { return exchange::ReasonCode(ReasonOf(status)); }

// The words of an error may tell what is nobody's business but the own operators'; reason and code are enough to act.
v1::CourierItem NotOpened(const std::string& exchange_id, const absl::Status& why) {
  v1::CourierItem item;
  item.set_exchange_id(exchange_id);
  item.mutable_not_opened()->set_reason(ReasonOrOther(why));
  item.mutable_not_opened()->set_grpc_code(static_cast<uint32_t>(why.code()));
  const std::map<std::string, std::string> particulars = MetadataOf(why);
  const auto certificate = particulars.find(kCertificate);
  if (certificate != particulars.end()) {
    item.mutable_not_opened()->set_certificate_reason(exchange::ReasonCode(certificate->second));
  }
  return item;
}

absl::Status ToStatus(const v1::CourierRefusal& refusal, const std::string& partner) {
  std::map<std::string, std::string> particulars;
  if (!refusal.certificate_reason().empty()) particulars[kCertificate] = refusal.certificate_reason();
  return Error(static_cast<absl::StatusCode>(refusal.grpc_code()), exchange::ReasonCode(refusal.reason()),
               absl::StrCat("the node of ", partner, " did not open the message that a courier brought"), particulars);
}

}  // namespace

absl::StatusOr<const std::string*> Courier::KeyOf(const std::string& partner) const {
  const auto key = parts_.partner_keys.find(partner);
  if (key != parts_.partner_keys.end()) return &key->second;
  return Error(
      absl::StatusCode::kFailedPrecondition, "BUNDLE_NO_KEY",
      absl::StrCat("there is no courier key of ", partner, "; ask it for what `tamga courier key` prints there, ",
                   "and name it as courier_key of the partner in the configuration"));
}

absl::StatusOr<std::unique_ptr<BundleWriter>> Courier::Begin(v1::CourierKind kind, const std::string& partner,
                                                             const std::string& answers, Spool& spool) const {
  ASSIGN_OR_RETURN(const std::string* key, KeyOf(partner));
  const absl::Time now = parts_.door.clock.Now();
  v1::CourierBundle head;
  head.set_kind(kind);
  head.set_from(parts_.door.own_agency);
  head.set_to(partner);
  head.set_bundle_id(NewUuidV7(now, parts_.door.rng));
  *head.mutable_made_at() = ToProto(now);
  head.set_answers_bundle_id(answers);
  return BundleWriter::Begin(std::move(head), *key, parts_.door.rng, spool);
}

absl::StatusOr<MadeBundle> Courier::End(BundleWriter& writer, std::shared_ptr<const Spool> spool,
                                        uint32_t left_out) const {
  RETURN_IF_ERROR(writer.Finish(*parts_.door.seal.Get()));
  MadeBundle made;
  made.summary.set_bundle_id(FormatUuid(writer.head().bundle_id()));
  made.summary.set_partner(writer.head().to());
  made.summary.set_kind(writer.head().kind());
  made.summary.set_items(writer.items());
  made.summary.set_left_out(left_out);
  made.content = std::move(spool);
  Log(Severity::kInfo, "courier bundle made",
      {{"partner", made.summary.partner()},
       {"bundle", made.summary.bundle_id()},
       {"kind", v1::CourierKind_Name(made.summary.kind())},
       {"messages", int64_t{made.summary.items()}},
       {"left_out", int64_t{left_out}}});
  return made;
}

absl::StatusOr<MadeBundle> Courier::ExportRequests(const std::string& partner) {
  RETURN_IF_ERROR(CheckAgency("partner", partner));
  if (parts_.door.partners.count(partner) == 0) {
    return Error(absl::StatusCode::kNotFound, "UNKNOWN_PARTNER",
                 absl::StrCat("no node of ", partner, " is configured here; name a partner of the configuration"));
  }
  RETURN_IF_ERROR(KeyOf(partner).status());
  RETURN_IF_ERROR(parts_.door.check_partner(partner));
  std::vector<store::OutboxRow> rows;
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.door.database.Read());
    ASSIGN_OR_RETURN(rows, session->DueOutbox(partner, absl::InfiniteFuture(), kMostRows, absl::InfiniteFuture()));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<Spool> spool, MakeRoom());
  ASSIGN_OR_RETURN(const std::unique_ptr<BundleWriter> writer, Begin(v1::COURIER_KIND_REQUESTS, partner, "", *spool));
  std::map<std::string, uint32_t> lanes;  // by order token
  std::set<std::string> held;             // order tokens of which one is left out
  std::vector<store::OutboxRow> carried;
  for (const store::OutboxRow& row : rows) {
    const bool has_order = !row.order_token.empty();
    const bool has_room = writer->items() < kMostItems && spool->size() < kFullBundleBytes;
    absl::StatusOr<v1::SealedMessage> message = absl::UnavailableError("it waits for the next bundle");
    if (has_room && held.count(row.order_token) == 0) {
      message = parts_.asking.Carry(row);
      if (!message.ok()) {
        Log(Severity::kWarning, "message not given to the courier",
            {{"partner", partner}, {"exchange", FormatUuid(row.exchange_id)}, {"reason", ReasonOf(message.status())}});
      }
    }
    if (!message.ok()) {
      if (has_order) held.insert(row.order_token);
      continue;
    }
    v1::CourierItem item;
    item.set_exchange_id(row.exchange_id);
    if (has_order) item.set_lane(lanes.emplace(row.order_token, lanes.size() + 1).first->second);
    *item.mutable_message() = *std::move(message);
    RETURN_IF_ERROR(writer->Add(item));
    carried.push_back(row);
  }
  if (carried.empty()) {
    return Error(absl::StatusCode::kNotFound, "BUNDLE_EMPTY",
                 absl::StrCat("nothing that may leave waits for ", partner, "; there is nothing to carry"));
  }
  ASSIGN_OR_RETURN(MadeBundle made, End(*writer, spool, static_cast<uint32_t>(rows.size() - carried.size())));
  MarkCarried(carried);
  return made;
}

void Courier::MarkCarried(const std::vector<store::OutboxRow>& rows) const {
  store::Effects effects;
  effects.writes.push_back([rows](store::Transaction& transaction) -> absl::Status {
    for (const store::OutboxRow& row : rows) {
      const absl::Status marked = transaction.MarkAttempt(row.exchange_id, row.next_attempt_at, true);
      if (!marked.ok() && !absl::IsNotFound(marked)) return marked;  // it may have been answered meanwhile
    }
    return absl::OkStatus();
  });
  // What is shown of a message is not worth the bundle.
  const absl::Status status = parts_.door.sequencer.Commit(std::move(effects));
  if (!status.ok()) Log(Severity::kError, "outbox not updated", {{"detail", std::string(status.message())}});
}

absl::Status Courier::CheckHead(const v1::CourierBundle& head) const {
  if (head.to() != parts_.door.own_agency) {
    return Error(absl::StatusCode::kPermissionDenied, "BUNDLE_NOT_FOR_US",
                 absl::StrCat("the bundle is for ", head.to(), "; have it carried there"));
  }
  if (parts_.door.partners.count(head.from()) == 0) {
    return Error(absl::StatusCode::kPermissionDenied, "BUNDLE_UNKNOWN_PARTNER",
                 absl::StrCat("the bundle is from ", head.from(), ", which is no partner in the configuration"));
  }
  const absl::Time now = parts_.door.clock.Now();
  const absl::Time made_at = FromProto(head.made_at());
  if (made_at > now + parts_.door.max_clock_skew) {
    return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_FROM_THE_FUTURE",
                 absl::StrCat("the bundle was made at ", UtcText(made_at), ", but it is ", UtcText(now),
                              " here; set the clock that is wrong"));
  }
  if (made_at + exchange::kLongestLife + parts_.door.max_clock_skew < now) {
    return Error(absl::StatusCode::kInvalidArgument, "BUNDLE_EXPIRED",
                 absl::StrCat("the bundle was made at ", UtcText(made_at),
                              ", so all messages in it have expired; have another one made"));
  }
  return absl::OkStatus();
}

// Reads the bundle twice: what is decrypted is the partner's word only once the seal over all of it was good.
absl::Status Courier::CheckWhole(const Spool& bundle) const {
  {
    SpoolSource source(bundle);
    ASSIGN_OR_RETURN(const std::unique_ptr<BundleReader> reader, BundleReader::Open(source));
    RETURN_IF_ERROR(CheckHead(reader->head()));
    while (true) {
      ASSIGN_OR_RETURN(const std::optional<std::string> item, reader->Next());
      if (!item) break;
    }
    RETURN_IF_ERROR(reader->CheckSeal(parts_.door.seal_verifier, parts_.door.clock.Now()).status());
    RETURN_IF_ERROR(parts_.door.check_partner(reader->head().from()));
    // Otherwise the requests would be answered and the replies not told.
    if (reader->head().kind() == v1::COURIER_KIND_REQUESTS) RETURN_IF_ERROR(KeyOf(reader->head().from()).status());
  }
  SpoolSource source(bundle);
  ASSIGN_OR_RETURN(const std::unique_ptr<BundleReader> reader, BundleReader::Open(source));
  ASSIGN_OR_RETURN(ItemOpener opener, ItemOpener::Create(*parts_.key, *reader));
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::string> item, reader->Next());
    if (!item) return absl::OkStatus();
    RETURN_IF_ERROR(opener.Open(*item).status());
  }
}

absl::StatusOr<v1::ImportBundleResponse> Courier::Import(const Spool& bundle) {
  if (!parts_.key) {
    return Error(absl::StatusCode::kFailedPrecondition, "BUNDLE_NO_KEY",
                 "this node has no courier key; make one with `tamga courier key`, name it as courier_key_file, and "
                 "give the partner what it prints");
  }
  {
    MutexLock lock(mutex_);
    if (importing_) {
      return Error(absl::StatusCode::kUnavailable, "BUNDLE_BUSY", "another bundle is being taken; try again later");
    }
    importing_ = true;
  }
  const absl::Cleanup done = [this] {
    MutexLock lock(mutex_);
    importing_ = false;
  };
  absl::StatusOr<v1::ImportBundleResponse> response = Take(bundle);
  if (!response.ok()) Log(Severity::kWarning, "courier bundle not taken", {{"reason", ReasonOf(response.status())}});
  return response;
}

absl::StatusOr<v1::ImportBundleResponse> Courier::Take(const Spool& bundle) {
  RETURN_IF_ERROR(CheckWhole(bundle));
  SpoolSource source(bundle);
  ASSIGN_OR_RETURN(const std::unique_ptr<BundleReader> reader, BundleReader::Open(source));
  ASSIGN_OR_RETURN(ItemOpener opener, ItemOpener::Create(*parts_.key, *reader));
  v1::ImportBundleResponse response;
  response.set_kind(reader->head().kind());
  response.set_partner(reader->head().from());
  response.set_bundle_id(FormatUuid(reader->head().bundle_id()));
  RETURN_IF_ERROR(reader->head().kind() == v1::COURIER_KIND_REQUESTS ? AnswerRequests(*reader, opener, &response)
                                                                     : TakeReplies(*reader, opener, &response));
  Log(Severity::kInfo, "courier bundle taken",
      {{"partner", response.partner()},
       {"bundle", response.bundle_id()},
       {"kind", v1::CourierKind_Name(response.kind())},
       {"messages", int64_t{reader->items()}},
       {"answered", int64_t{response.answered()}},
       {"refused", int64_t{response.refused()}},
       {"not_opened", int64_t{response.not_opened()}},
       {"repeated", int64_t{response.repeated()}},
       {"waiting", int64_t{response.waiting()}}});
  return response;
}

absl::Status Courier::AnswerRequests(BundleReader& reader, ItemOpener& opener, v1::ImportBundleResponse* response) {
  const certs::Principal peer{reader.head().from(), certs::Role::kNode, kCourierName};
  ASSIGN_OR_RETURN(const std::shared_ptr<Spool> spool, MakeRoom());
  ASSIGN_OR_RETURN(const std::unique_ptr<BundleWriter> writer,
                   Begin(v1::COURIER_KIND_REPLIES, peer.agency, reader.head().bundle_id(), *spool));
  std::set<uint32_t> stuck;  // lanes of which one was not answered
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::string> ciphertext, reader.Next());
    if (!ciphertext) break;
    ASSIGN_OR_RETURN(const v1::CourierItem item, opener.Open(*ciphertext));
    if (spool->size() >= kFullBundleBytes) {
      response->set_waiting(response->waiting() + 1);
      Tell(item.exchange_id(), v1::DELIVERY_STATE_QUEUED, "BUNDLE_FULL", response);
      continue;
    }
    const bool is_behind = item.lane() != 0 && stuck.count(item.lane()) > 0;
    absl::StatusOr<v1::SealedMessage> answer =
        is_behind ? Error(absl::StatusCode::kAborted, "BUNDLE_BEHIND", "one before it was not answered")
                  : parts_.answering.Answer(peer, item.message());
    if (answer.ok()) {
      v1::CourierItem reply;
      reply.set_exchange_id(item.exchange_id());
      *reply.mutable_message() = *std::move(answer);
      RETURN_IF_ERROR(writer->Add(reply));
      response->set_answered(response->answered() + 1);
      continue;
    }
    stuck.insert(item.lane());
    RETURN_IF_ERROR(writer->Add(NotOpened(item.exchange_id(), answer.status())));
    response->set_not_opened(response->not_opened() + 1);
    Tell(item.exchange_id(), v1::DELIVERY_STATE_EXPIRED, ReasonOrOther(answer.status()), response);
  }
  ASSIGN_OR_RETURN(MadeBundle made, End(*writer, spool, response->waiting()));
  response->set_replies_bundle_id(made.summary.bundle_id());
  MutexLock lock(mutex_);
  replies_.push_back(std::move(made));
  if (replies_.size() > kKeptReplies) replies_.pop_front();
  return absl::OkStatus();
}

absl::Status Courier::TakeReplies(BundleReader& reader, ItemOpener& opener, v1::ImportBundleResponse* response) {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<std::string> ciphertext, reader.Next());
    if (!ciphertext) return absl::OkStatus();
    ASSIGN_OR_RETURN(v1::CourierItem item, opener.Open(*ciphertext));
    RETURN_IF_ERROR(TakeReply(reader.head().from(), std::move(item), response));
  }
}

absl::Status Courier::TakeReply(const std::string& partner, v1::CourierItem item, v1::ImportBundleResponse* response) {
  absl::StatusOr<store::OutboxRow> row = absl::UnknownError("not looked for");
  {
    ASSIGN_OR_RETURN(store::ReadSession session, parts_.door.database.Read());
    row = session->FindOutbox(item.exchange_id());
  }
  const auto count_repeated = [&] { response->set_repeated(response->repeated() + 1); };
  const auto count_waiting = [&](const absl::Status& why) {
    response->set_waiting(response->waiting() + 1);
    Tell(item.exchange_id(), v1::DELIVERY_STATE_QUEUED, ReasonOrOther(why), response);
  };
  if (absl::IsNotFound(row.status())) {
    count_repeated();
    return absl::OkStatus();
  }
  // A row that was altered is for the outbox to deal with.
  if (!row.ok()) {
    count_waiting(row.status());
    return absl::OkStatus();
  }
  if (row->partner != partner) {
    count_waiting(Error(absl::StatusCode::kPermissionDenied, "BUNDLE_FOREIGN_REPLY", "the request went to another"));
    return absl::OkStatus();
  }
  absl::StatusOr<v1::SealedMessage> reply =
      item.has_message() ? absl::StatusOr<v1::SealedMessage>(std::move(*item.mutable_message()))
                         : absl::StatusOr<v1::SealedMessage>(ToStatus(item.not_opened(), partner));
  absl::Status failure;
  const exchange::AskResult result = parts_.asking.TakeReply(*row, std::move(reply), &failure);
  if (result.summary.delivery_state() == v1::DELIVERY_STATE_QUEUED) {
    count_waiting(failure);
  } else if (!result.summary.has_own_log()) {
    // It came to its end meanwhile, by the line; or the log takes nothing now.
    if (absl::IsNotFound(result.status)) {
      count_repeated();
    } else {
      count_waiting(result.status);
    }
  } else if (result.status.ok()) {
    response->set_answered(response->answered() + 1);
  } else {
    const v1::DeliveryState state = result.summary.delivery_state();
    const bool is_refused = state == v1::DELIVERY_STATE_REFUSED;
    if (is_refused) {
      response->set_refused(response->refused() + 1);
    } else {
      response->set_not_opened(response->not_opened() + 1);
    }
    Tell(item.exchange_id(), state, ReasonOrOther(result.status), response);
  }
  return absl::OkStatus();
}

absl::StatusOr<MadeBundle> Courier::FindReplies(const std::string& bundle_id) const {
  MutexLock lock(mutex_);
  for (const MadeBundle& made : replies_) {
    if (made.summary.bundle_id() == bundle_id) return made;
  }
  return Error(absl::StatusCode::kNotFound, "BUNDLE_UNKNOWN",
               "there is no such bundle of replies any more; import the requests again, which is harmless");
}

}  // namespace tamga::courier
