// For tests: nodes in one process, each with its own seal, stores and log, under one made-up treaty on readmission.
// There is no network: what a node sends goes to whatever the test puts in the partner's place.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "certs/authority.h"
#include "certs/current_seal.h"
#include "certs/current_trust.h"
#include "certs/ed25519.h"
#include "certs/seal_verifier.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"
#include "node/exchange/answering_door.h"
#include "node/exchange/asking_door.h"
#include "node/ledger/log_verifier.h"
#include "node/store/test_folder.h"
#include "node/treaty/test_treaties.h"

namespace tamga::exchange {

inline constexpr char kKazakh[] = "KAZ/interior-ministry";
inline constexpr char kKyrgyz[] = "KGZ/interior-ministry";
inline constexpr char kUzbek[] = "UZB/interior-ministry";

// Rules of the treaty by which agencies compare their logs: an operation that is answered at once or not at all.
inline constexpr char kLogsMayBeCompared[] = R"text(articles { number: "2" summary: "Logs are compared." }
grants {
  id: "compare"
  cites: "2"
  scope {
    record_kinds: RECORD_KIND_LOG
    operations: OPERATION_LOG_RECONCILE
    purposes: PURPOSE_AUDIT
  }
  request { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_AUDIT on_excess: ON_EXCESS_REFUSE }
  reply { level: DISCLOSURE_LEVEL_PARTIAL classes: DATA_CLASS_AUDIT on_excess: ON_EXCESS_REFUSE }
}
)text";

// What the nodes of a test have in common. Any failure to set it up ends the test program.
class TestStates {
 public:
  // `obligations` are fields of the one grant, and `rules` of the treaty, in protobuf text form; `others` are more
  // treaties.
  explicit TestStates(const std::string& obligations = "", const std::string& rules = "",
                      const std::vector<treaty::TestTreaty>& others = {});

  certs::Seal IssueSeal(const std::string& agency,
                        absl::Duration lifetime = certs::DefaultLifetime(certs::Role::kSeal));
  // Keys and certificates of the State's authority.
  certs::StateAuthority::Files AuthorityFiles(const std::string& state) const;
  // The header of a request for readmission from the one to the other, in order in every field and new with each call.
  v1::MessageHeader RequestHeader(const std::string& from, const std::string& to);

  ManualClock clock;
  SystemRng rng;
  std::atomic<bool> keys_in_reach = true;  // of all seals, as if they were in tokens
  const treaty::TreatySources sources;     // of `treaties`
  treaty::CurrentTreaties treaties;
  certs::CurrentTrust& trust() { return *trust_; }
  const certs::SealVerifier& seal_verifier() const { return *seal_verifier_; }

 private:
  std::map<std::string, certs::StateAuthority> authorities_;
  std::unique_ptr<certs::CurrentTrust> trust_;
  std::unique_ptr<certs::SealVerifier> seal_verifier_;
};

// An application for readmission, `padding` bytes long and a few more.
v1::SealedMessage SealApplication(const v1::MessageHeader& header, const certs::Seal& seal, Rng& rng,
                                  size_t padding = 0);

// What happened, in order. Thread-safe.
class Notes {
 public:
  void Add(const std::string& note);
  // All notes, once there are as many; fewer if they do not come. Time passes meanwhile.
  std::vector<std::string> Await(size_t count, ManualClock& clock);

 private:
  Mutex mutex_;
  CondVar added_;
  std::vector<std::string> notes_ ABSL_GUARDED_BY(mutex_);
};

// The service behind the door: says that it received whatever comes in, and keeps nothing.
class AgreeableHandler final : public OperationHandler {
 public:
  absl::StatusOr<Answer> HandleRequest(const Incoming& request) override;
  absl::StatusOr<store::Effects> HandleSettled(const Settled& settled) override;
  absl::StatusOr<store::Effects> HandleRelease(const Releasing& releasing) override;
  absl::Time LawAsOf(const v1::MessageHeader& header, const std::string& body) const override;
  absl::Status CheckMayLeave(const v1::MessageHeader& /*header*/, const std::string& /*body*/) const override {
    return may_leave;
  }
  Notes settled;                 // exchange ids
  std::atomic<int> handled = 0;  // requests that it did not refuse
  absl::Status unwilling;        // why nothing is to be sent anew
  absl::Status may_leave;        // what waits
  absl::Time law_as_of = absl::InfiniteFuture();
  absl::Status refusal;    // given instead of an answer
  bool is_secret = false;  // as in Answer
};

// A partner in the test's hands.
class PeerFunction final : public PeerStub {
 public:
  using Function = std::function<absl::StatusOr<v1::SealedMessage>(const v1::SealedMessage&)>;
  explicit PeerFunction(Function exchange) : exchange_(std::move(exchange)) {}
  absl::StatusOr<v1::SealedMessage> Exchange(const v1::SealedMessage& request, absl::Time /*deadline*/) override {
    return exchange_(request);
  }
  bool IsReachable(absl::Time /*deadline*/) override { return true; }

 private:
  const Function exchange_;
};

class TestNode {
 public:
  // `states` outlives this.
  TestNode(TestStates& states, const std::string& agency);
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;

  // Before anything is asked.
  void AddPartner(const std::string& agency, std::unique_ptr<PeerStub> stub, const ledger::NoteKey& log_key = {});
  // Asks the partner to take a person back.
  AskResult AskToTakeBack(const std::string& partner);
  // What is asked then: by a system, for the officer 1147.
  Outgoing QuestionTo(const std::string& partner, const std::string& surname = "SPECIMEN",
                      const std::optional<store::Origin>& origin = std::nullopt) const;
  // The same with an application of `surname`, which may come from another agency.
  AskResult AskToTakeBack(const std::string& partner, const std::string& surname,
                          const std::optional<store::Origin>& origin = std::nullopt);
  // As AskToTakeBack, in the order of the case.
  AskResult AskInOrder(const std::string& partner, const std::string& order_key);
  // What waits of the exchange; NotFound if it does not.
  absl::StatusOr<store::OutboxRow> FindWaiting(const std::string& exchange_id);
  std::vector<store::DeadLetterRow> DeadLetters();
  // All entries of the log, oldest first.
  std::vector<v1::LogEntry> Entries();

  DoorParts& parts() { return *parts_; }
  AskingDoor& asking() { return *asking_; }
  AnsweringDoor& answering() { return *answering_; }
  AgreeableHandler& handler() { return handler_; }
  const std::string& folder() const { return folder_.path(); }
  const certs::Seal& seal() const { return *seal_.Get(); }
  const ledger::NoteKey& log_key() const { return log_key_; }
  ledger::LogVerdict VerifyLog();

 private:
  TestStates& states_;
  const std::string agency_;
  const store::TestFolder folder_;
  const certs::CurrentSeal seal_;
  const certs::Ed25519Key signing_key_;
  const ledger::NoteKey log_key_;
  const Pseudonyms pseudonyms_;
  AgreeableHandler handler_;
  std::unique_ptr<store::ExchangeDb> database_;
  std::unique_ptr<store::Vault> vault_;
  std::unique_ptr<ledger::Sequencer> sequencer_;
  std::unique_ptr<ledger::LogReader> log_reader_;
  std::unique_ptr<DoorParts> parts_;
  std::unique_ptr<AskingDoor> asking_;
  std::unique_ptr<AnsweringDoor> answering_;
};

}  // namespace tamga::exchange
