#include "tests/integration/sealed_request.h"

#include <utility>

#include "certs/certificate.h"
#include "certs/ed25519.h"
#include "certs/signer.h"
#include "node/base/encoding.h"
#include "node/base/file.h"
#include "node/base/matchers.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/grpc_status.h"
#include "node/exchange/message.h"
#include "node/exchange/operations.h"
#include "node/exchange/treaty_question.h"
#include "node/ledger/note.h"
#include "node/ledger/tlog_proof.h"
#include "tamga/v1/log_entry.pb.h"
#include "tests/integration/test_federation.h"

namespace tamga::testing {
namespace {

constexpr char kTreaty[] = "READMISSION-KAZ-KGZ";
constexpr absl::Duration kSkew = absl::Minutes(2);

v1::SealedMessage Made(absl::StatusOr<v1::SealedMessage> message) {
  EXPECT_OK(message);
  return message.ok() ? *std::move(message) : v1::SealedMessage();
}

absl::Status WrongReply(absl::string_view what) { return absl::DataLossError(what); }

}  // namespace

void SetBody(const google::protobuf::Message& body, Draft* draft) {
  draft->body_type = body.GetTypeName();
  draft->body = body.SerializeAsString();
}

HandMadeNode::HandMadeNode(Federation& federation, std::string agency, std::string peer)
    : federation_(federation),
      agency_(std::move(agency)),
      peer_(std::move(peer)),
      verifier_(federation.trust()),
      treaties_(federation.ReadTreaties()) {}

absl::StatusOr<std::unique_ptr<HandMadeNode>> HandMadeNode::Create(Federation& federation, const std::string& agency,
                                                                   const std::string& peer) {
  std::unique_ptr<HandMadeNode> node(new HandMadeNode(federation, agency, peer));
  ASSIGN_OR_RETURN(certs::Seal seal, node->MakeSeal({agency, certs::Role::kSeal, "main"}, node->Now()));
  node->seal_ = std::make_unique<certs::Seal>(std::move(seal));
  node->stub_ = v1::FederationService::NewStub(federation.Connect({agency, certs::Role::kNode, "main"}, peer));
  return node;
}

absl::StatusOr<certs::Seal> HandMadeNode::MakeSeal(const certs::Principal& principal, absl::Time since) {
  ASSIGN_OR_RETURN(const certs::KeyAndCertificate files,
                   federation_.authority(principal.State()).Issue(principal, absl::Hours(24), since, rng_));
  ASSIGN_OR_RETURN(std::unique_ptr<certs::P256Signer> signer, certs::P256Signer::FromPem(files.key_pem));
  ASSIGN_OR_RETURN(certs::CertificateChain chain, certs::ParsePemChain(files.chain_pem));
  return certs::Seal::Create(std::move(signer), std::move(chain));
}

std::string HandMadeNode::NewExchangeId() { return NewUuidV7(Now(), rng_); }

Draft HandMadeNode::NewRequest(const std::string& treaty_id, v1::Operation operation,
                               const google::protobuf::Message& body) {
  Draft draft;
  v1::MessageHeader& header = draft.header;
  header.set_version(1);
  header.set_kind(v1::MESSAGE_KIND_REQUEST);
  header.set_exchange_id(NewExchangeId());
  header.set_from(agency_);
  header.set_to(peer_);
  header.set_purpose(v1::PURPOSE_READMISSION);
  header.set_operation(operation);
  header.set_record_kind(v1::RECORD_KIND_READMISSION);
  header.mutable_asker()->set_principal(SystemOf(agency_).SpiffeId());
  header.mutable_asker()->set_officer("4711");
  header.mutable_asker()->set_case_reference("TEST-2026-001");
  *header.mutable_issued_at() = ToProto(Now());
  *header.mutable_expires_at() = ToProto(Now() + absl::Hours(1));
  header.mutable_treaty()->set_id(treaty_id);
  header.mutable_treaty()->set_document_sha256(treaties_.set->Find(treaty_id)->sha256);
  header.mutable_treaty()->set_policy_sha256(exchange::PolicyDigest(treaties_, treaty_id, header));
  header.set_idempotency_key(FormatUuid(NewExchangeId()));
  SetBody(body, &draft);
  return draft;
}

Draft HandMadeNode::NewApplication() {
  v1::ReadmissionSubmission submission;
  submission.set_case_id(FormatUuid(NewExchangeId()));
  *submission.mutable_application() = SampleApplication();
  submission.mutable_application()->mutable_names(0)->set_surname(kCanarySurname);
  submission.set_procedure(v1::READMISSION_PROCEDURE_NORMAL);
  // To the microsecond, as steps are.
  *submission.mutable_at() = ToProto(absl::FromUnixMicros(absl::ToUnixMicros(Now())));
  *submission.mutable_checks()->mutable_at() = submission.at();
  submission.mutable_checks()->set_nothing_stands_in_the_way(true);
  return NewRequest(kTreaty, v1::OPERATION_READMISSION_SUBMIT, submission);
}

v1::SealedMessage HandMadeNode::Seal(const Draft& draft) {
  return Made(exchange::SealMessage(draft.header, draft.body_type, draft.body, *seal_, rng_));
}

v1::SealedMessage HandMadeNode::SealAs(const certs::Principal& principal, absl::Time since, const Draft& draft) {
  const absl::StatusOr<certs::Seal> seal = MakeSeal(principal, since);
  if (!seal.ok()) return Made(seal.status());
  return Made(exchange::SealMessage(draft.header, draft.body_type, draft.body, *seal, rng_));
}

v1::SealedMessage HandMadeNode::SealBytes(absl::string_view type, const std::string& header,
                                          const std::string& payload) {
  v1::SealedMessage message;
  message.set_header(header);
  message.set_payload(payload);
  absl::StatusOr<v1::Signature> signature = seal_->Sign(type, header);
  EXPECT_OK(signature);
  if (signature.ok()) *message.add_signatures() = *std::move(signature);
  return message;
}

absl::StatusOr<v1::SealedMessage> HandMadeNode::HandOver(const v1::SealedMessage& message) {
  v1::SealedMessage reply;
  const grpc::Status status = stub_->Exchange(Patience().get(), message, &reply);
  if (!status.ok()) return exchange::FromGrpc(status);
  return reply;
}

absl::StatusOr<v1::ExchangeReply> HandMadeNode::Open(const v1::SealedMessage& reply, const v1::SealedMessage& request) {
  const exchange::OpenRules rules = {v1::MESSAGE_KIND_REPLY, peer_, agency_, Now(), kSkew};
  ASSIGN_OR_RETURN(const exchange::OpenedMessage opened, exchange::OpenMessage(reply, rules, verifier_));
  v1::MessageHeader asked;
  if (!asked.ParseFromString(request.header())) return WrongReply("the request's header is unreadable");
  if (opened.header.request_hash() != Sha256(request.header()) || opened.header.exchange_id() != asked.exchange_id()) {
    return WrongReply("the reply is to another request");
  }
  ASSIGN_OR_RETURN(const auto parsed, exchange::ParseStrictly(v1::ExchangeReply::default_instance(), opened.body));
  const auto& content = static_cast<const v1::ExchangeReply&>(*parsed);
  RETURN_IF_ERROR(CheckReceipt(content.receipt(), asked));
  return content;
}

absl::StatusOr<v1::ExchangeReply> HandMadeNode::Ask(const v1::SealedMessage& request) {
  ASSIGN_OR_RETURN(const v1::SealedMessage reply, HandOver(request));
  return Open(reply, request);
}

absl::Status HandMadeNode::CheckReceipt(const v1::Receipt& receipt, const v1::MessageHeader& request) const {
  ASSIGN_OR_RETURN(const ledger::NoteKey key, ledger::ParseVkey(federation_.log_vkey(peer_)));
  ASSIGN_OR_RETURN(const ledger::TlogProof proof, ledger::ParseTlogProof(receipt.proof()));
  RETURN_IF_ERROR(ledger::VerifyTlogProof(proof, receipt.entry(), key, certs::VerifyEd25519).status());
  v1::LogEntry entry;
  const bool fits = entry.ParseFromString(receipt.entry()) && entry.kind() == v1::ENTRY_KIND_RECEIVED &&
                    entry.exchange_id() == request.exchange_id() && entry.own() == peer_ &&
                    entry.partner() == agency_ && entry.request_commitment() == request.commitment();
  return fits ? absl::OkStatus() : WrongReply("the receipt is about another request");
}

}  // namespace tamga::testing
