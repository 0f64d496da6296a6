// Sends what is to be sent: bytes that partners want, and manifests that are to be offered again. What is to be done
// next stands in the store, so a node that is killed goes on where its partner says that bytes are missing.
#pragma once

#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "node/attachment/attachments.h"
#include "node/attachment/transfer_peer.h"
#include "node/base/clock.h"
#include "node/base/mutex.h"
#include "node/base/rng.h"

namespace tamga::attachment {

// What is done for one partner, one attachment after the other in the order in which they were begun. Thread-safe.
class SendingRound {
 public:
  // All outlive this.
  SendingRound(Attachments& attachments, const TransferPeers& peers, const Clock& clock, Rng& rng)
      : attachments_(attachments), peers_(peers), clock_(clock), rng_(rng) {}

  // Does what is due for the partner. False if the partner could not be reached: what is left waits.
  bool Run(const std::string& partner);

 private:
  // False as above.
  bool DoNext(const std::string& partner, const StoredSending& sending);
  bool SendBytes(const std::string& partner, TransferPeer& peer, const StoredSending& sending);
  bool Offer(const std::string& partner, const StoredSending& sending);
  // What belongs to a case that is held waits; of one that has ended nothing is sent any more.
  void KeepBack(const std::string& partner, const StoredSending& sending, const absl::Status& why);
  void PutOff(const std::string& partner, const StoredSending& sending, const absl::Status& why);

  Attachments& attachments_;
  const TransferPeers& peers_;
  const Clock& clock_;
  Rng& rng_;
};

// Runs rounds for each partner on a thread of the partner's own, so that one partner's slow line holds up no other.
class AttachmentSender {
 public:
  // Starts at once.
  AttachmentSender(Attachments& attachments, TransferPeers peers, const Clock& clock, Rng& rng);
  // Ends transfers under way.
  ~AttachmentSender();
  AttachmentSender(const AttachmentSender&) = delete;
  AttachmentSender& operator=(const AttachmentSender&) = delete;

 private:
  void Serve(const std::string& partner);

  const TransferPeers peers_;
  SendingRound round_;
  Mutex mutex_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace tamga::attachment
