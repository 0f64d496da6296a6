// Messages: who sealed them, and that they are the ones that the logs record.
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/algorithm_names.h"
#include "certs/certificate.h"
#include "certs/purposes.h"
#include "certs/seal_verifier.h"
#include "node/base/clock.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/evidence/checks.h"
#include "node/exchange/message.h"
#include "node/exchange/operations.h"

namespace tamga::evidence {
namespace {

absl::StatusOr<v1::MessageHeader> HeaderOf(const v1::SealedMessage& message) {
  ASSIGN_OR_RETURN(const auto parsed, exchange::ParseStrictly(v1::MessageHeader::default_instance(), message.header()));
  return static_cast<const v1::MessageHeader&>(*parsed);
}

// Two parts of a bundle that agree show nothing as long as no log has either: both may be made up. Parts that do not
// agree contradict each other all the same.
void Compare(std::string what, bool is_recorded, const absl::Status& status, Findings& findings) {
  if (status.ok() && !is_recorded) {
    findings.NotVerifiable(std::move(what),
                           "what it is compared with was not shown: no entry that is proven here records the message");
  } else {
    findings.Shown(std::move(what), status);
  }
}

absl::Status HoldsOr(bool holds, absl::string_view otherwise) {
  return holds ? absl::OkStatus() : absl::InvalidArgumentError(otherwise);
}

bool IsReply(const v1::MessageHeader& header) { return header.kind() == v1::MESSAGE_KIND_REPLY; }

std::string NameOf(const v1::MessageHeader& header) {
  return absl::StrCat("the ", IsReply(header) ? "reply" : "request", " of ", header.from());
}

// Whether entries of this kind record such messages.
bool Records(const v1::LogEntry& entry, const v1::MessageHeader& header) {
  if (IsReply(header)) return entry.kind() == v1::ENTRY_KIND_ANSWERED || entry.kind() == v1::ENTRY_KIND_DELIVERED;
  return entry.kind() == v1::ENTRY_KIND_SENT || entry.kind() == v1::ENTRY_KIND_RECEIVED;
}

// "" if the entry says of parties, question and treaty what the header says.
std::string OtherQuestion(const v1::LogEntry& entry, const v1::MessageHeader& header) {
  const bool is_own = IsReply(header) != IsAskers(entry.kind());
  if ((is_own ? entry.own() : entry.partner()) != header.from()) return "the entry has another sender";
  if ((is_own ? entry.partner() : entry.own()) != header.to()) return "the entry has another receiver";
  if (entry.operation() != header.operation()) return "the entry says that something else was asked";
  if (entry.record_kind() != header.record_kind()) return "the entry is about another kind of record";
  if (entry.purpose() != header.purpose()) return "the entry has another purpose";
  if (LacksUnknownTreaty(entry)) return "";
  if (entry.treaty_id() != header.treaty().id()) return "the entry relies on another treaty";
  if (entry.treaty_sha256() != header.treaty().document_sha256()) return "the entry relies on another treaty text";
  return "";
}

// "" if a node would have sealed the message, or let it in, when the entry was logged: the same rules as OpenMessage's.
// Otherwise an old seal key could make messages for entries of today.
std::string OtherTime(const v1::LogEntry& entry, const v1::MessageHeader& header) {
  const absl::Time logged_at = FromProto(entry.logged_at());
  const absl::Time issued_at = FromProto(header.issued_at());
  const absl::Time expires_at = FromProto(header.expires_at());
  if (issued_at > logged_at + kMostSkew) return "it was sealed after it was logged";
  if (expires_at + kMostSkew < logged_at) return "it had expired when it was logged";
  if (expires_at - issued_at > exchange::kLongestLife) return "it was to be good for longer than any node accepts";
  return "";
}

// "" if the entry is about the message; otherwise how it is not.
std::string DifferenceOf(const ProvenEntry& proven, const v1::MessageHeader& header, const v1::SealedMessage& message) {
  const v1::LogEntry& entry = proven.entry;
  const std::string& commitment = IsReply(header) ? entry.reply_commitment() : entry.request_commitment();
  if (entry.seal_sha256() != exchange::SealSha256(message)) return "the entry records another seal";
  // Nodes did not always say which key it was.
  if (!entry.seal_key_id().empty() && entry.seal_key_id() != exchange::SealKeyId(message)) {
    return "the entry names another key than that of the seal's certificate";
  }
  if (commitment != header.commitment()) return "the entry has another commitment";
  const std::string question = OtherQuestion(entry, header);
  return question.empty() ? OtherTime(entry, header) : question;
}

class MessageCheck {
 public:
  MessageCheck(const std::string& exchange_id, const std::vector<ProvenEntry>& entries, const Anchors& anchors,
               const RevocationLists& revocations, Findings& findings)
      : exchange_id_(exchange_id),
        entries_(entries),
        anchors_(anchors),
        revocations_(revocations),
        trust_(anchors.trust),
        verifier_(trust_),
        findings_(findings) {}

  void Check(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    const std::optional<absl::Time> recorded = RecordedAt(message, header);
    const bool is_recorded = recorded.has_value();
    CheckSeal(message, header, recorded);
    Compare(absl::StrCat(NameOf(header), " is of this exchange"), is_recorded,
            HoldsOr(header.exchange_id() == exchange_id_, "its header names another exchange"), findings_);
    CheckEntries(message, header);
    if (!message.payload().empty()) CheckContent(message, header);
  }

  // Of a message that is at hand with its payload.
  void CheckContent(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    const absl::Status opened = exchange::OpenPayload(message, header).status();
    Compare(absl::StrCat(NameOf(header), ", as opened, is what its header commits to"), IsRecorded(message, header),
            opened, findings_);
  }

  void CheckEntries(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    bool is_recorded = false;
    for (const ProvenEntry& entry : entries_) {
      // Of a message that came in again, the first one stands.
      if (!Records(entry.entry, header) || entry.entry.reason() == "REPEATED") continue;
      is_recorded = true;
      const std::string difference = DifferenceOf(entry, header, message);
      findings_.Shown(absl::StrCat(NameOf(header), " is what ", evidence::NameOf(entry), " records"),
                      difference.empty(), difference);
    }
    if (!is_recorded) {
      findings_.NotVerifiable(absl::StrCat(NameOf(header), " is what a log records"),
                              "no entry that is proven here records such a message");
    }
  }

  // Whether a log has it, whose proven entries commit to header and seal.
  bool IsRecorded(const v1::SealedMessage& message, const v1::MessageHeader& header) const {
    return RecordedAt(message, header).has_value();
  }

  // When the first of these entries was made.
  std::optional<absl::Time> RecordedAt(const v1::SealedMessage& message, const v1::MessageHeader& header) const {
    std::optional<absl::Time> first;
    for (const ProvenEntry& entry : entries_) {
      if (!Records(entry.entry, header) || !DifferenceOf(entry, header, message).empty()) continue;
      const absl::Time logged_at = FromProto(entry.entry.logged_at());
      first = std::min(first.value_or(logged_at), logged_at);
    }
    return first;
  }

 private:
  // The time of the seal is its maker's word, unless an entry records it: whoever has the key of a certificate that is
  // no longer good can date back, even within a message's life.
  void CheckSeal(const v1::SealedMessage& message, const v1::MessageHeader& header,
                 const std::optional<absl::Time>& recorded) {
    const std::string what = absl::StrCat(NameOf(header), " was sealed by it");
    if (anchors_.trust == nullptr || !anchors_.trust->Knows(StateOf(header.from()))) {
      findings_.NotVerifiable(what, absl::StrCat("no roots were given for ", StateOf(header.from()), " (--trust)"));
      return;
    }
    const absl::StatusOr<certs::Principal> signer =
        verifier_.Verify(message.signatures(), IsReply(header) ? certs::kReplyType : certs::kRequestType,
                         message.header(), FromProto(header.issued_at()));
    if (!signer.ok()) return findings_.Contradicted(what, std::string(signer.status().message()));
    if (signer->agency != header.from()) {
      return findings_.Contradicted(what, absl::StrCat("it was sealed by ", signer->agency));
    }
    const RevocationLists::Judgement judged = revocations_.Judge(
        StateOf(header.from()), PathOf(message, FromProto(header.issued_at())), FromProto(header.issued_at()));
    if (judged.revoked_by_then) {
      findings_.Contradicted(what, judged.why);
    } else if (!recorded) {
      findings_.NotVerifiable(what, "its certificate fits, but no entry that is proven here shows when");
    } else if (judged.revoked && *judged.revoked <= *recorded) {
      findings_.NotVerifiable(
          what, absl::StrCat("its certificate, or that of an issuer, was revoked since ", UtcText(*judged.revoked),
                             ", and no entry that is proven here shows it before that; merge the sender's evidence"));
    } else {
      findings_.Verified(what, judged.why);
    }
  }

  // Of a seal that verifies. Empty otherwise.
  certs::CertificateChain PathOf(const v1::SealedMessage& message, absl::Time time) const {
    certs::CertificateChain chain;
    for (const v1::Signature& signature : message.signatures()) {
      if (signature.algorithm() != certs::kEcdsaP256Sha256) continue;
      for (const std::string& der : signature.certificate_chain()) {
        absl::StatusOr<certs::Certificate> certificate = certs::Certificate::FromDer(der);
        if (certificate.ok()) chain.push_back(*std::move(certificate));
      }
    }
    const absl::StatusOr<certs::Vouched> vouched = anchors_.trust->Vouch(chain, certs::Usage::kSeal, time);
    return vouched.ok() ? vouched->path : certs::CertificateChain();
  }

  const std::string& exchange_id_;
  const std::vector<ProvenEntry>& entries_;
  const Anchors& anchors_;
  const RevocationLists& revocations_;
  const certs::CurrentTrust trust_;
  const certs::SealVerifier verifier_;
  Findings& findings_;
};

struct Reply {
  v1::MessageHeader header;
  bool is_recorded = false;
};

void CheckReply(const Reply& reply, const std::vector<v1::SealedMessage>& requests, Findings& findings) {
  const std::string what = absl::StrCat(NameOf(reply.header), " answers the request");
  bool answers = false;
  for (const v1::SealedMessage& request : requests)
    answers = answers || Sha256(request.header()) == reply.header.request_hash();
  if (requests.empty()) {
    findings.NotVerifiable(what, "the bundle does not hold the request");
  } else {
    Compare(what, reply.is_recorded, HoldsOr(answers, "it answers another request than the one in the bundle"),
            findings);
  }
}

// Whether a message of its own goes with the entry: what came in again has none.
bool HasMessage(const v1::LogEntry& entry) {
  return RecordsMessage(entry.kind()) && entry.reason() != "REPEATED" && !entry.seal_sha256().empty();
}

// Messages that entries record and the bundle lacks, each once however many entries record it. Returns how many.
size_t CheckMissing(const v1::ExchangeEvidence& of_exchange, const std::vector<ProvenEntry>& entries,
                    Findings& findings) {
  std::set<std::string> seals;
  for (const v1::SealedMessage& message : of_exchange.messages()) seals.insert(exchange::SealSha256(message));
  size_t missing = 0;
  for (const ProvenEntry& proven : entries) {
    const v1::LogEntry& entry = proven.entry;
    if (!HasMessage(entry) || !seals.insert(entry.seal_sha256()).second) continue;
    const bool is_reply = entry.kind() == v1::ENTRY_KIND_ANSWERED || entry.kind() == v1::ENTRY_KIND_DELIVERED;
    findings.NotVerifiable(
        absl::StrCat("the ", is_reply ? "reply" : "request", " that ", evidence::NameOf(proven), " records"),
        "no message with this seal is in the bundle; it may be erased, or left out");
    ++missing;
  }
  return missing;
}

}  // namespace

void CheckMessages(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                   const Anchors& anchors, const RevocationLists& revocations,
                   const std::vector<v1::SealedMessage>& opened, Findings findings) {
  MessageCheck check(exchange.exchange_id(), entries, anchors, revocations, findings);
  std::vector<v1::SealedMessage> requests;
  std::vector<Reply> replies;
  for (const v1::SealedMessage& message : exchange.messages()) {
    const absl::StatusOr<v1::MessageHeader> header = HeaderOf(message);
    if (!header.ok()) {
      findings.Contradicted("a message of the exchange", std::string(header.status().message()));
      continue;
    }
    check.Check(message, *header);
    if (IsReply(*header)) {
      replies.push_back({*header, check.IsRecorded(message, *header)});
    } else {
      requests.push_back(message);
    }
  }
  for (const Reply& reply : replies) CheckReply(reply, requests, findings);
  for (const v1::SealedMessage& message : opened) {
    const absl::StatusOr<v1::MessageHeader> header = HeaderOf(message);
    if (!header.ok() || header->exchange_id() != exchange.exchange_id()) continue;
    check.CheckContent(message, *header);
    check.CheckEntries(message, *header);
  }
  const bool expects_messages =
      entries.empty() || std::any_of(entries.begin(), entries.end(),
                                     [](const ProvenEntry& entry) { return RecordsMessage(entry.entry.kind()); });
  const size_t missing = CheckMissing(exchange, entries, findings);
  if (missing == 0 && exchange.messages().empty() && expects_messages) {
    findings.NotVerifiable("seals", "the bundle holds no message; they may be erased");
  }
}

}  // namespace tamga::evidence
