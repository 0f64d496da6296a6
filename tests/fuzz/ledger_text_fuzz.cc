// Notes, checkpoints, proofs, requests to witnesses, keys, tiles' paths and bundles: each has exactly one text.
#include <cstddef>
#include <cstdint>
#include <string>

#include "node/base/check.h"
#include "node/ledger/add_checkpoint.h"
#include "node/ledger/checkpoint.h"
#include "node/ledger/entry_bundle.h"
#include "node/ledger/note.h"
#include "node/ledger/tile_paths.h"
#include "node/ledger/tlog_proof.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto note = tamga::ledger::ParseNote(input); note.ok()) {
    TAMGA_CHECK(tamga::ledger::FormatNote(*note) == input);
  }
  if (const auto checkpoint = tamga::ledger::ParseCheckpoint(input); checkpoint.ok()) {
    TAMGA_CHECK(tamga::ledger::FormatCheckpoint(*checkpoint) == input);
  }
  if (const auto proof = tamga::ledger::ParseTlogProof(input); proof.ok()) {
    TAMGA_CHECK(tamga::ledger::FormatTlogProof(*proof) == input);
  }
  if (const auto request = tamga::ledger::ParseAddCheckpoint(input); request.ok()) {
    TAMGA_CHECK(tamga::ledger::FormatAddCheckpoint(*request) == input);
  }
  if (const auto lines = tamga::ledger::ParseSignatures(input); lines.ok()) {
    std::string text;
    for (const auto& line : *lines) text += tamga::ledger::FormatSignature(line);
    TAMGA_CHECK(text == input);
  }
  for (const char type : {tamga::ledger::kEd25519, tamga::ledger::kCosignature}) {
    if (const auto key = tamga::ledger::ParseVkey(input, type); key.ok()) {
      TAMGA_CHECK(tamga::ledger::FormatVkey(*key) == input);
    }
  }
  if (const auto path = tamga::ledger::ParseTilePath("path", input); path.ok()) {
    TAMGA_CHECK(tamga::ledger::FormatTilePath(*path) == input);
  }
  if (const auto entries = tamga::ledger::ParseBundle(input); entries.ok()) {
    std::string bundle;
    for (const absl::string_view entry : *entries) tamga::ledger::AppendToBundle(entry, bundle);
    TAMGA_CHECK(bundle == input);
  }
  return 0;
}
