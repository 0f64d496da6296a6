// For tests: a State with a root, an authority below it, and a node; and a node's databases.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "certs/current_trust.h"
#include "certs/test_crl.h"
#include "certs/test_pki.h"
#include "node/base/check.h"
#include "node/base/clock.h"
#include "node/ledger/test_log.h"
#include "node/store/records.h"
#include "node/trust/revocation_book.h"
#include "node/trust/trust_keeper.h"

namespace tamga::trust {

// Who brings lists.
inline constexpr char kPartner[] = "KGZ/interior-ministry";

struct TestState {
  explicit TestState(const std::string& state_code)
      : code(state_code),
        root(certs::Issue(certs::AuthorityNamed(code + " Root"), nullptr)),
        issuing(certs::Issue(certs::AuthorityNamed(code + " Issuing"), &root)) {}

  // The chain of a node of this name: its certificate, then its issuer's.
  certs::CertificateChain IssueNode(const std::string& name) const {
    certs::IssueOptions options = certs::Server();
    options.name = "Node";
    options.purposes = "serverAuth,clientAuth";
    options.names = absl::StrCat("URI:spiffe://", absl::AsciiStrToLower(code), ".tamga/border-service/node/", name);
    return {certs::Issue(options, &issuing).certificate, issuing.certificate};
  }
  RevocationList ListOf(const certs::Issued& issuer, const certs::CrlOptions& options) const {
    return {code, certs::IssueCrl(options, issuer), {issuer.certificate}};
  }
  RevocationList IssuingList(const certs::CrlOptions& options) const { return ListOf(issuing, options); }
  RevocationList RootList(const certs::CrlOptions& options) const { return ListOf(root, options); }

  const std::string code;
  const certs::Issued root;
  const certs::Issued issuing;
};

// One State a test program, since making keys takes time.
inline const TestState& Kaz() {
  static const auto& state = *new TestState("KAZ");
  return state;
}
inline const TestState& Kgz() {
  static const auto& state = *new TestState("KGZ");
  return state;
}

// A node of KAZ/border-service that knows both States.
struct TestTrust {
  explicit TestTrust(ManualClock& test_clock, const RevocationRules& rules = {}) : clock(test_clock) { Start(rules); }

  // Begins, or begins again, with what the folder holds.
  void Start(const RevocationRules& rules = {}) {
    keeper.reset();
    book.reset();
    records.reset();
    sequencer.reset();
    vault.reset();
    database.reset();
    trust.Replace(std::make_shared<const certs::TrustStore>(
        certs::TrustStore::Build({{"KAZ", Kaz().root.certificate.Pem()}, {"KGZ", Kgz().root.certificate.Pem()}})
            .value()));
    database = Must(store::ExchangeDb::Open(folder.path(), store::kTestVaultKey, store::kTestBlindKey));
    vault = Must(store::Vault::Open(folder.path(), store::kTestVaultKey, rng));
    sequencer = Must(ledger::Sequencer::Start(*database, *vault, log_key.key(), log_key.signer()));
    records = std::make_unique<store::Records>(*database, *vault, rng);
    book =
        Must(RevocationBook::Open({"KAZ/border-service", trust, *sequencer, *records, clock, rng, absl::Minutes(2)}));
    keeper = std::make_unique<TrustKeeper>(
        TrustKeeperParts{"KAZ/border-service", rules, *book, trust, treaties, *sequencer, *records, clock, rng});
  }

  absl::Status Vouch(const certs::CertificateChain& chain, certs::OldLists old = certs::OldLists::kRefused) const {
    return trust.Get()->Vouch(chain, certs::Usage::kTlsClient, clock.Now(), old).status();
  }

  std::vector<v1::LogEntry> Entries() {
    std::vector<v1::LogEntry> entries;
    store::ReadSession session = Must(database->Read());
    for (const store::EntryRow& row : Must(session->EntriesFrom(0, 1000))) {
      TAMGA_CHECK(entries.emplace_back().ParseFromString(row.body));
    }
    return entries;
  }

  template <typename T>
  static T Must(absl::StatusOr<T> result) {
    TAMGA_CHECK(result.ok());
    return *std::move(result);
  }

  ManualClock& clock;
  SeededRng rng{7};
  const store::TestFolder folder;
  const ledger::TestLogKey log_key{"log.border-service.kaz.tamga"};
  certs::CurrentTrust trust{std::shared_ptr<const certs::TrustStore>()};
  treaty::CurrentTreaties treaties{treaty::TreatyLibrary()};
  std::unique_ptr<store::ExchangeDb> database;
  std::unique_ptr<store::Vault> vault;
  std::unique_ptr<ledger::Sequencer> sequencer;
  std::unique_ptr<store::Records> records;
  std::unique_ptr<RevocationBook> book;
  std::unique_ptr<TrustKeeper> keeper;
};

}  // namespace tamga::trust
