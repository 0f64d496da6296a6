// The door, and the treaties that it decides by.
#pragma once

#include <memory>

#include "absl/status/status.h"
#include "certs/seal_verifier.h"
#include "node/exchange/answering_door.h"
#include "node/exchange/approvals.h"
#include "node/exchange/asking_door.h"
#include "node/exchange/door.h"
#include "node/exchange/holding_keeper.h"
#include "node/exchange/holdings.h"
#include "node/exchange/treaty_keeper.h"
#include "node/main/layer_logs.h"
#include "node/treaty_office/treaty_fetcher.h"

namespace tamga::node {

struct DoorLayer : LogLayer {
  using LogLayer::LogLayer;

  absl::Status KeepTreaties();
  void BuildDoor();

  std::unique_ptr<exchange::TreatyKeeper> treaty_keeper;
  treaty_office::FetchWishes fetch_wishes;

  std::unique_ptr<certs::SealVerifier> seal_verifier;
  std::unique_ptr<exchange::DoorParts> door_parts;
  std::unique_ptr<exchange::Approvals> approvals;
  std::unique_ptr<exchange::AskingDoor> asking;
  std::unique_ptr<exchange::AnsweringDoor> answering;
  std::unique_ptr<exchange::Uses> uses;
  std::unique_ptr<exchange::HoldingKeeper> holding_keeper;
};

}  // namespace tamga::node
