// What guards the rows of the exchange database: MACs, so that none is changed unnoticed, and tokens in the place of
// identifiers that callers choose.
#pragma once

#include "absl/strings/string_view.h"
#include "node/store/blind_index.h"
#include "node/store/row_mac.h"

namespace tamga::store {

struct RowKeys {
  RowKeys(absl::string_view mac_key, absl::string_view blind_index_key) : mac(mac_key), blind(blind_index_key) {}

  const RowMac mac;
  const BlindIndex blind;
};

}  // namespace tamga::store
