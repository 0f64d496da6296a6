// What a bundle of evidence shows to somebody who believes nothing but his own anchors.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "certs/certificate.h"
#include "certs/trust_store.h"
#include "node/evidence/findings.h"
#include "node/ledger/note.h"
#include "node/ledger/tlog_policy.h"
#include "node/treaty/treaty_library.h"
#include "tamga/v1/evidence.pb.h"

namespace tamga::evidence {

// What whoever checks brings himself.
struct Anchors {
  std::shared_ptr<const certs::TrustStore> trust;  // roots of the States
  std::map<std::string, ledger::NoteKey> logs;     // by agency
  treaty::Offices offices;
  // Which witnesses must have cosigned the logs that each names; one that names none is for all.
  std::vector<ledger::TlogPolicy> policies;
  // Of time-stamp authorities; empty: time-stamps are not judged.
  certs::CertificateChain tsa_roots = {};
};

// Checks, each with a verdict of its own:
// - each log's checkpoint is signed by the key given for it, and cosigned as the policy given asks;
// - each entry is in its agency's log, and all checkpoints and proofs of a log, receipts too, are of one log;
// - each time-stamp is over a checkpoint of its log and good by the given roots, and each entry was there at its time;
// - the entries of both sides agree, no log tells of one thing twice, and the asking side's receipt is the answering
//   side's entry;
// - each message was sealed by its sender, with a certificate that was good at the time of the seal and, as far as the
//   bundle's revocation lists tell, not revoked, and is the one that the entries record, in what its header says and
//   when; a reply answers its request; an opened one fits the commitments in the logs;
// - each treaty text relied on is the one that the entry cites, and the acts of both States put it in force;
// - each decision is the one that an entry records, and comes out the same from the texts, the acts and its facts.
// `opened`: messages with their payload, as two persons opened them.
std::vector<Finding> CheckBundle(const v1::EvidenceBundle& bundle, const Anchors& anchors,
                                 const std::vector<v1::SealedMessage>& opened);

}  // namespace tamga::evidence
