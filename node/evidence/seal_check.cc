// Messages: who sealed them, and that they are the ones that the logs record.
#include <memory>

#include "absl/strings/str_cat.h"
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

// How far two clocks may be apart before a message was sealed later than it was logged.
constexpr absl::Duration kSkew = absl::Minutes(5);

absl::StatusOr<v1::MessageHeader> HeaderOf(const v1::SealedMessage& message) {
  ASSIGN_OR_RETURN(const auto parsed, exchange::ParseStrictly(v1::MessageHeader::default_instance(), message.header()));
  return static_cast<const v1::MessageHeader&>(*parsed);
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

// "" if the entry is about the message; otherwise how it is not.
std::string DifferenceOf(const ProvenEntry& proven, const v1::MessageHeader& header, const std::string& seal_sha256) {
  const v1::LogEntry& entry = proven.entry;
  const std::string& commitment = IsReply(header) ? entry.reply_commitment() : entry.request_commitment();
  if (entry.seal_sha256() != seal_sha256) return "the entry records another seal";
  if (commitment != header.commitment()) return "the entry has another commitment";
  if (FromProto(header.issued_at()) > FromProto(entry.logged_at()) + kSkew) return "it was sealed after it was logged";
  return "";
}

class MessageCheck {
 public:
  MessageCheck(const std::string& exchange_id, const std::vector<ProvenEntry>& entries, const Anchors& anchors,
               Findings& findings)
      : exchange_id_(exchange_id),
        entries_(entries),
        anchors_(anchors),
        verifier_(anchors.trust),
        findings_(findings) {}

  void Check(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    CheckSeal(message, header);
    findings_.Shown(absl::StrCat(NameOf(header), " is of this exchange"), header.exchange_id() == exchange_id_,
                    "its header names another exchange");
    CheckEntries(message, header);
    if (!message.payload().empty()) CheckContent(message, header);
  }

  // Of a message that is at hand with its payload.
  void CheckContent(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    const absl::Status opened = exchange::OpenPayload(message, header).status();
    findings_.Shown(absl::StrCat(NameOf(header), ", as opened, is what its header commits to"), opened);
  }

  void CheckEntries(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    const std::string seal_sha256 = exchange::SealSha256(message);
    bool is_recorded = false;
    for (const ProvenEntry& entry : entries_) {
      // Of a message that came in again, the first one stands.
      if (!Records(entry.entry, header) || entry.entry.reason() == "REPEATED") continue;
      is_recorded = true;
      const std::string difference = DifferenceOf(entry, header, seal_sha256);
      findings_.Shown(absl::StrCat(NameOf(header), " is what ", evidence::NameOf(entry), " records"),
                      difference.empty(), difference);
    }
    if (!is_recorded) {
      findings_.NotVerifiable(absl::StrCat(NameOf(header), " is what a log records"),
                              "no entry that is proven here records such a message");
    }
  }

 private:
  void CheckSeal(const v1::SealedMessage& message, const v1::MessageHeader& header) {
    const std::string what = absl::StrCat(NameOf(header), " was sealed by it");
    if (anchors_.trust == nullptr || !anchors_.trust->Knows(StateOf(header.from()))) {
      findings_.NotVerifiable(what, absl::StrCat("no roots were given for ", StateOf(header.from()), " (--trust)"));
      return;
    }
    const absl::StatusOr<certs::Principal> signer =
        verifier_.Verify(message.signatures(), IsReply(header) ? certs::kReplyType : certs::kRequestType,
                         message.header(), FromProto(header.issued_at()));
    if (!signer.ok()) {
      findings_.Contradicted(what, std::string(signer.status().message()));
    } else {
      findings_.Shown(what, signer->agency == header.from(), absl::StrCat("it was sealed by ", signer->agency));
    }
  }

  const std::string& exchange_id_;
  const std::vector<ProvenEntry>& entries_;
  const Anchors& anchors_;
  const certs::SealVerifier verifier_;
  Findings& findings_;
};

void CheckReply(const v1::MessageHeader& reply, const std::vector<v1::SealedMessage>& requests, Findings& findings) {
  const std::string what = absl::StrCat(NameOf(reply), " answers the request");
  bool answers = false;
  for (const v1::SealedMessage& request : requests)
    answers = answers || Sha256(request.header()) == reply.request_hash();
  if (requests.empty()) {
    findings.NotVerifiable(what, "the bundle does not hold the request");
  } else {
    findings.Shown(what, answers, "it answers another request than the one in the bundle");
  }
}

}  // namespace

void CheckMessages(const v1::ExchangeEvidence& exchange, const std::vector<ProvenEntry>& entries,
                   const Anchors& anchors, const std::vector<v1::SealedMessage>& opened, Findings findings) {
  MessageCheck check(exchange.exchange_id(), entries, anchors, findings);
  std::vector<v1::SealedMessage> requests;
  std::vector<v1::MessageHeader> replies;
  for (const v1::SealedMessage& message : exchange.messages()) {
    const absl::StatusOr<v1::MessageHeader> header = HeaderOf(message);
    if (!header.ok()) {
      findings.Contradicted("a message of the exchange", std::string(header.status().message()));
      continue;
    }
    check.Check(message, *header);
    if (IsReply(*header)) {
      replies.push_back(*header);
    } else {
      requests.push_back(message);
    }
  }
  for (const v1::MessageHeader& reply : replies) CheckReply(reply, requests, findings);
  for (const v1::SealedMessage& message : opened) {
    const absl::StatusOr<v1::MessageHeader> header = HeaderOf(message);
    if (!header.ok() || header->exchange_id() != exchange.exchange_id()) continue;
    check.CheckContent(message, *header);
    check.CheckEntries(message, *header);
  }
  if (exchange.messages().empty()) findings.NotVerifiable("seals", "the bundle holds no message; they may be erased");
}

}  // namespace tamga::evidence
