#include "node/main/node.h"

#include <utility>

#include "absl/time/time.h"
#include "node/base/status_macros.h"
#include "node/main/layer_edge.h"

namespace tamga::node {

// The layers, from the ground to the edge (layer_ground.h).
struct Node::Parts : EdgeLayer {
  using EdgeLayer::EdgeLayer;
};

absl::StatusOr<std::unique_ptr<Node>> Node::Start(NodeSetup setup, const Clock& clock, Rng& rng) {
  auto parts = std::make_unique<Parts>(std::move(setup), clock, rng);
  RETURN_IF_ERROR(parts->OpenStores());
  RETURN_IF_ERROR(parts->WatchClock());
  RETURN_IF_ERROR(parts->OpenCredentials(
      [parts = parts.get()](const exchange::TlsIdentity& next) { return parts->ShowEverywhere(next); }));
  RETURN_IF_ERROR(parts->OpenTrust([parts = parts.get()] { return parts->credentials->Issuers(); }));
  RETURN_IF_ERROR(parts->WatchLogs());
  RETURN_IF_ERROR(parts->StampLog());
  RETURN_IF_ERROR(parts->KeepTreaties());
  RETURN_IF_ERROR(parts->trust_keeper->LogChangedRoots());
  parts->list_files->Look();
  // With a stolen seal's key nothing is to be signed any more, not even that it was changed.
  parts->credentials->LookAtOwn();
  RETURN_IF_ERROR(parts->credentials->own().Check());
  RETURN_IF_ERROR(parts->seal_record->Use(*parts->setup.seal));
  parts->BuildDoor();
  RETURN_IF_ERROR(parts->BuildServices());
  RETURN_IF_ERROR(parts->BuildAudit());
  parts->StartBackground();
  RETURN_IF_ERROR(parts->Serve());
  WipeKeys(parts->setup);
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() {
  parts_->probe.reset();  // a listener that is to end does not answer
  // Whoever watches the log, or cases, would watch for as long as the drain lets.
  parts_->tails->Stop();
  parts_->case_watches->Stop();
  parts_->server->Drain(absl::Milliseconds(parts_->setup.config.limits().drain_ms()));
}

void Node::CheckCredentials() {
  parts_->credentials->Check(Credentials::Trigger::kOperator);
  parts_->credentials->LookAtOwn();
}

const std::string& Node::address() const { return parts_->listener->address(); }

}  // namespace tamga::node
