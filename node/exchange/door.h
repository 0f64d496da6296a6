// The one door between this node and the others. Every message, in or out, takes the same steps in the same order; they
// are the functions of asking_door.cc and answering_door.cc, which leave what is an idea of its own to reply_opening.cc
// and domain_answer.cc.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "certs/current_seal.h"
#include "certs/seal_verifier.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/exchange/asking.h"
#include "node/exchange/entry.h"
#include "node/exchange/peer_stub.h"
#include "node/ledger/log_reader.h"
#include "node/ledger/note.h"
#include "node/ledger/sequencer.h"
#include "node/store/exchange_db.h"
#include "node/store/vault.h"
#include "node/treaty/current_treaties.h"

namespace tamga::exchange {

// The parts that the door is made of. All outlive it.
struct DoorParts {
  std::string own_agency;
  const treaty::CurrentTreaties& treaties;
  const certs::CurrentSeal& seal;
  const certs::SealVerifier& seal_verifier;
  ledger::Sequencer& sequencer;
  ledger::LogReader& log_reader;
  std::string log_origin;
  store::ExchangeDb& database;
  store::Vault& vault;
  const Pseudonyms& pseudonyms;
  const Clock& clock;
  Rng& rng;
  absl::Duration max_clock_skew;
  absl::Duration partner_timeout;
  PeerStubs partners;
  std::map<std::string, ledger::NoteKey> partner_logs;  // by agency
  std::map<v1::Operation, OperationHandler*> handlers;
  // Called with a partner that knows other texts or acts than this node does. Must not block.
  std::function<void(const std::string& partner)> treaties_differ = [](const std::string&) {};
  // Why nothing may be exchanged with a partner now; OK if it may. Must not block.
  std::function<absl::Status(const std::string& partner)> check_partner = [](const std::string&) {
    return absl::OkStatus();
  };
  // Called with each checkpoint that a partner's log has signed, a note that verifies. Must not block.
  std::function<void(const std::string& partner, const std::string& checkpoint)> checkpoint_seen =
      [](const std::string&, const std::string&) {};
  // SHA-256 of the newest revocation list of a State; empty if there is none. Must not block.
  std::function<std::string(const std::string& state)> revocation_sha256 = [](const std::string&) {
    return std::string();
  };
  // Messages of one partner, and as many of its idempotency keys, that are remembered at once.
  size_t max_remembered_per_partner = 200'000;
  // When those who issued the certificate that the partner's node showed last said which ones are revoked, and the same
  // of a path of certificates (see certs::TrustStore::RevocationsAsOf). Must not block.
  std::function<absl::Time(const std::string& partner)> partner_lists_as_of = [](const std::string&) {
    return absl::InfinitePast();
  };
  std::function<absl::Time(const certs::CertificateChain& path)> path_lists_as_of = [](const certs::CertificateChain&) {
    return absl::InfinitePast();
  };
  // Called with a partner whose request could be opened. Must not block.
  std::function<void(const std::string& partner)> partner_heard = [](const std::string&) {};
};

}  // namespace tamga::exchange
