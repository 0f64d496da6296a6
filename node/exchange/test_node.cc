#include "node/exchange/test_node.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "certs/certificate.h"
#include "certs/signer.h"
#include "node/base/check.h"
#include "node/base/text.h"
#include "node/base/uuid.h"
#include "node/exchange/message.h"
#include "node/exchange/operations.h"
#include "node/exchange/treaty_question.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::exchange {
namespace {

constexpr char kTreatyId[] = "TEST-READMISSION";
constexpr char kTreaty[] = R"text(id: "TEST-READMISSION"
version: 1
title: "A treaty for tests"
citation: "Nowhere, 1 January 2020"
text_status: TEXT_STATUS_OFFICIAL
entry_into_force { rule: ENTRY_RULE_STATED }
parties { state: "KAZ" agencies: "KAZ/interior-ministry" }
parties { state: "KGZ" agencies: "KGZ/interior-ministry" }
parties { state: "UZB" agencies: "UZB/interior-ministry" }
articles { number: "1" summary: "Persons are taken back." }
readmission {
  categories { category: PERSON_CATEGORY_OWN_NATIONAL cites: "1" }
  evidence { tier: EVIDENCE_TIER_NATIONALITY_PROOF kinds: "passport" cites: "1" }
}
grants {
  id: "submit"
  cites: "1"
  scope {
    record_kinds: RECORD_KIND_READMISSION
    operations: OPERATION_READMISSION_SUBMIT
    purposes: PURPOSE_READMISSION
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_IDENTITY }
  reply { level: DISCLOSURE_LEVEL_REFERENCE }
)text";

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) std::cerr << result.status() << std::endl;
  TAMGA_CHECK(result.ok());
  return *std::move(result);
}

std::vector<treaty::TestTreaty> TreatiesWith(const std::string& obligations, const std::string& rules,
                                             std::vector<treaty::TestTreaty> others) {
  others.push_back({absl::StrCat(kTreaty, obligations, "}\n", rules)});
  return others;
}

certs::Principal SystemOf(const std::string& agency) { return {agency, certs::Role::kSystem, "test"}; }

}  // namespace

TestStates::TestStates(const std::string& obligations, const std::string& rules,
                       const std::vector<treaty::TestTreaty>& others)
    : clock(absl::FromUnixSeconds(1'795'000'000)),
      sources(treaty::RatifiedSources(TreatiesWith(obligations, rules, others))),
      treaties(treaty::RatifiedLibrary(TreatiesWith(obligations, rules, others))) {
  std::vector<std::pair<std::string, std::string>> bundles;
  for (const char* agency : {kKazakh, kKyrgyz, kUzbek}) {
    const std::string state = StateOf(agency);
    const auto made = authorities_.emplace(state, Must(certs::StateAuthority::Create(state, clock.Now(), rng)));
    bundles.emplace_back(state, made.first->second.RootPem());
  }
  trust_ = std::make_unique<certs::CurrentTrust>(Must(certs::TrustStore::Build(bundles)));
  seal_verifier_ = std::make_unique<certs::SealVerifier>(*trust_);
}

namespace {

// A key that can be taken away.
class RemovableSigner final : public certs::Signer {
 public:
  RemovableSigner(std::unique_ptr<certs::Signer> key, const std::atomic<bool>& in_reach)
      : key_(std::move(key)), in_reach_(in_reach) {}
  absl::StatusOr<std::string> Sign(absl::string_view type, absl::string_view payload) const override {
    return in_reach_ ? key_->Sign(type, payload) : certs::SignerUnavailable("taken away by a test");
  }
  absl::string_view algorithm() const override { return key_->algorithm(); }
  const std::string& key_id() const override { return key_->key_id(); }

 private:
  const std::unique_ptr<certs::Signer> key_;
  const std::atomic<bool>& in_reach_;
};

}  // namespace

certs::Seal TestStates::IssueSeal(const std::string& agency, absl::Duration lifetime) {
  const certs::KeyAndCertificate files =
      Must(authorities_.at(StateOf(agency)).Issue({agency, certs::Role::kSeal, "main"}, lifetime, clock.Now(), rng));
  auto signer = std::make_unique<RemovableSigner>(Must(certs::P256Signer::FromPem(files.key_pem)), keys_in_reach);
  return Must(certs::Seal::Create(std::move(signer), Must(certs::ParsePemChain(files.chain_pem))));
}

certs::StateAuthority::Files TestStates::AuthorityFiles(const std::string& state) const {
  return Must(authorities_.at(state).Save());
}

v1::MessageHeader TestStates::RequestHeader(const std::string& from, const std::string& to) {
  v1::MessageHeader header;
  header.set_version(1);
  header.set_kind(v1::MESSAGE_KIND_REQUEST);
  header.set_exchange_id(NewUuidV7(clock.Now(), rng));
  header.set_from(from);
  header.set_to(to);
  header.set_purpose(v1::PURPOSE_READMISSION);
  header.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  header.set_record_kind(v1::RECORD_KIND_READMISSION);
  header.mutable_asker()->set_principal(SystemOf(from).SpiffeId());
  header.mutable_asker()->set_case_reference("TEST-1");
  *header.mutable_issued_at() = ToProto(clock.Now());
  *header.mutable_expires_at() = ToProto(clock.Now() + kLongestLife);
  header.set_idempotency_key(FormatUuid(header.exchange_id()));
  const auto library = treaties.Get();
  const auto& documents = library->set->documents();
  const auto treaty = std::find_if(documents.begin(), documents.end(),
                                   [](const auto& document) { return document->treaty.id() == kTreatyId; });
  header.mutable_treaty()->set_id(kTreatyId);
  header.mutable_treaty()->set_document_sha256((*treaty)->sha256);
  header.mutable_treaty()->set_policy_sha256(PolicyDigest(*library, kTreatyId, header));
  return header;
}

v1::SealedMessage SealApplication(const v1::MessageHeader& header, const certs::Seal& seal, Rng& rng, size_t padding) {
  v1::ReadmissionSubmission body;
  body.set_case_id(FormatUuid(header.exchange_id()));
  body.mutable_application()->add_names()->set_surname(std::string(padding, 'A'));
  return Must(SealMessage(header, body.GetTypeName(), body.SerializeAsString(), seal, rng));
}

void Notes::Add(const std::string& note) {
  MutexLock lock(mutex_);
  notes_.push_back(note);
  added_.NotifyAll();
}

std::vector<std::string> Notes::Await(size_t count, ManualClock& clock) {
  MutexLock lock(mutex_);
  for (int i = 0; i < 200 && notes_.size() < count; ++i) {
    clock.Advance(absl::Minutes(10));
    added_.WaitFor(mutex_, std::chrono::milliseconds(50));
  }
  return notes_;
}

absl::StatusOr<Answer> AgreeableHandler::HandleRequest(const Incoming& request) {
  RETURN_IF_ERROR(refusal);
  ++handled;
  auto received = std::make_unique<v1::ReadmissionReceived>();
  *received->mutable_received_at() = ToProto(request.received_at);
  Answer answer{std::move(received), {}};
  answer.is_secret = is_secret;
  return answer;
}

absl::StatusOr<store::Effects> AgreeableHandler::HandleSettled(const Settled& request) {
  settled.Add(request.header.exchange_id());
  return store::Effects();
}

absl::StatusOr<store::Effects> AgreeableHandler::HandleRelease(const Releasing& /*releasing*/) {
  RETURN_IF_ERROR(unwilling);
  return store::Effects();
}

absl::Time AgreeableHandler::LawAsOf(const v1::MessageHeader& /*header*/, const std::string& /*body*/) const {
  return law_as_of;
}

TestNode::TestNode(TestStates& states, const std::string& agency)
    : states_(states),
      agency_(agency),
      seal_(states.IssueSeal(agency)),
      signing_key_(Must(certs::Ed25519Key::FromSeed(states.rng.Bytes(32)))),
      log_key_{"log.test.example/exchange", signing_key_.public_key()},
      pseudonyms_("key"),
      database_(Must(store::ExchangeDb::Open(folder_.path(), std::string(32, 'k'), std::string(32, 'b')))),
      vault_(Must(store::Vault::Open(folder_.path(), std::string(32, 'k'), states.rng))),
      sequencer_(Must(ledger::Sequencer::Start(*database_, *vault_, log_key_,
                                               [this](absl::string_view text) { return signing_key_.Sign(text); }))),
      log_reader_(std::make_unique<ledger::LogReader>(*database_)),
      parts_(new DoorParts{agency,
                           states.treaties,
                           seal_,
                           states.seal_verifier(),
                           *sequencer_,
                           *log_reader_,
                           log_key_.name,
                           *database_,
                           *vault_,
                           pseudonyms_,
                           states.clock,
                           states.rng,
                           absl::Minutes(2),
                           absl::Seconds(10),
                           {},
                           {},
                           {{v1::OPERATION_READMISSION_SUBMIT, &handler_}}}),
      asking_(std::make_unique<AskingDoor>(*parts_)),
      answering_(std::make_unique<AnsweringDoor>(*parts_)) {}

void TestNode::AddPartner(const std::string& agency, std::unique_ptr<PeerStub> stub, const ledger::NoteKey& log_key) {
  parts_->partners[agency] = std::move(stub);
  parts_->partner_logs[agency] = log_key;
}

AskResult TestNode::AskToTakeBack(const std::string& partner) { return asking_->Ask(QuestionTo(partner)); }

AskResult TestNode::AskToTakeBack(const std::string& partner, const std::string& surname,
                                  const std::optional<store::Origin>& origin) {
  return asking_->Ask(QuestionTo(partner, surname, origin));
}

AskResult TestNode::AskInOrder(const std::string& partner, const std::string& order_key) {
  Outgoing question = QuestionTo(partner);
  question.order_key = order_key;
  return asking_->Ask(question);
}

absl::StatusOr<store::OutboxRow> TestNode::FindWaiting(const std::string& exchange_id) {
  store::ReadSession session = Must(database_->Read());
  return session->FindOutbox(exchange_id);
}

std::vector<store::DeadLetterRow> TestNode::DeadLetters() {
  store::ReadSession session = Must(database_->Read());
  return Must(session->ListDeadLetters(100));
}

Outgoing TestNode::QuestionTo(const std::string& partner, const std::string& surname,
                              const std::optional<store::Origin>& origin) const {
  Outgoing question;
  question.caller = SystemOf(agency_);
  question.context.set_purpose(v1::PURPOSE_READMISSION);
  question.context.set_case_reference("TEST-1");
  question.context.set_officer("1147");
  question.to = partner;
  question.record_kind = v1::RECORD_KIND_READMISSION;
  question.operation = v1::OPERATION_READMISSION_SUBMIT;
  auto body = std::make_shared<v1::ReadmissionSubmission>();
  body->mutable_application()->add_names()->set_surname(surname);
  question.body = body;
  question.origin = origin;
  question.deadline = states_.clock.Now() + absl::Minutes(1);
  return question;
}

ledger::LogVerdict TestNode::VerifyLog() {
  const auto settle = [this] { return sequencer_->Commit({}); };
  return Must(
      ledger::VerifyLog(*database_, log_key_, certs::VerifyEd25519, settle, [](uint64_t, uint64_t) { return true; }));
}

std::vector<v1::LogEntry> TestNode::Entries() {
  store::ReadSession session = Must(database_->Read());
  std::vector<v1::LogEntry> entries;
  for (const store::EntryRow& row : Must(session->EntriesFrom(0, 1000))) {
    TAMGA_CHECK(entries.emplace_back().ParseFromString(row.body));
  }
  return entries;
}

}  // namespace tamga::exchange
