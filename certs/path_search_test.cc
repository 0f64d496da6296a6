#include "certs/path_search.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "certs/test_pki.h"
#include "gtest/gtest.h"
#include "node/base/matchers.h"

namespace tamga::certs {
namespace {

absl::Status TakeAny(const CertificateChain& /*path*/) { return absl::OkStatus(); }

// A root, four authorities below each other, and a leaf.
class PathSearchTest : public ::testing::Test {
 protected:
  PathSearchTest() {
    for (int i = 1; i <= 4; ++i) {
      authorities.push_back(Issue(AuthorityNamed(absl::StrCat("Authority ", i)), i == 1 ? &root : &authorities.back()));
      others.push_back(authorities.back().certificate);
    }
    leaf = {Issue(Server(), &authorities.back()).certificate};
  }

  const Issued root = Issue(AuthorityNamed("Root"), nullptr);
  const CertificateChain anchors = {root.certificate};
  std::vector<Issued> authorities;
  CertificateChain others;
  CertificateChain leaf;
};

TEST_F(PathSearchTest, TheOrderOfTheCertificatesDoesNotMatter) {
  std::mt19937 dice(7);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(others.begin(), others.end(), dice);
    PathSearch search(anchors, others, {});
    ASSERT_OK_AND_ASSIGN(const CertificateChain path, search.Find(leaf[0], TakeAny));
    EXPECT_EQ(path.size(), 6u);
    EXPECT_EQ(search.candidates(), 5u);
  }
}

TEST_F(PathSearchTest, GoesBackWhereAPathIsNotTaken) {
  // The first authority certified by another root too, and that one is not liked.
  const Issued second_root = Issue(AuthorityNamed("Second root"), nullptr);
  IssueOptions options = AuthorityNamed("Authority 1");
  options.key = authorities[0].key;
  const Issued crossed = Issue(options, &second_root);
  others.insert(others.begin(), crossed.certificate);
  const CertificateChain both = {second_root.certificate, root.certificate};
  int judged = 0;
  const auto judge = [&](const CertificateChain& path) {
    ++judged;
    return path.back().Der() == root.certificate.Der() ? absl::OkStatus() : absl::UnauthenticatedError("not this");
  };
  ASSERT_OK_AND_ASSIGN(const CertificateChain path, PathSearch(both, others, {}).Find(leaf[0], judge));
  EXPECT_EQ(path.back().Der(), root.certificate.Der());
  EXPECT_EQ(judged, 2);
}

TEST_F(PathSearchTest, WhatTheJudgeSaidFirstIsTheReason) {
  const auto judge = [](const CertificateChain& /*path*/) { return absl::UnauthenticatedError("not this"); };
  EXPECT_THAT(PathSearch(anchors, others, {}).Find(leaf[0], judge),
              StatusIs(absl::StatusCode::kUnauthenticated, ::testing::HasSubstr("not this")));
}

TEST_F(PathSearchTest, LoopsEnd) {
  // Two authorities that certify each other, and nobody else does.
  Issued one = Issue(AuthorityNamed("One"), nullptr);
  IssueOptions other_options = AuthorityNamed("Other");
  const Issued other = Issue(other_options, &one);
  IssueOptions one_options = AuthorityNamed("One");
  one_options.key = one.key;
  const Issued back = Issue(one_options, &other);
  const Certificate below = Issue(Server(), &other).certificate;
  const CertificateChain circle = {one.certificate, other.certificate, back.certificate};
  PathSearch search(anchors, circle, {});
  EXPECT_THAT(search.Find(below, TakeAny), HasReason("CERT_UNTRUSTED"));
  EXPECT_LE(search.candidates(), 4u);
}

TEST_F(PathSearchTest, ThousandsOfIntermediatesAreNotMoreWork) {
  // All of the name that is looked for, with the key identifier that is looked for, and another key.
  const Issued impostor = Issue(AuthorityNamed("Authority 4"), nullptr);
  const ASN1_OCTET_STRING* wanted = X509_get0_subject_key_id(others[3].native());
  const Certificate alike = Altered(
      impostor.certificate,
      [&](X509* x509) {
        X509_EXTENSION_free(X509_delete_ext(x509, X509_get_ext_by_NID(x509, NID_subject_key_identifier, -1)));
        X509_add1_ext_i2d(x509, NID_subject_key_identifier, const_cast<ASN1_OCTET_STRING*>(wanted), 0, 0);
      },
      *impostor.key);
  const CertificateChain many(5000, alike);
  PathSearch refused(anchors, many, {});
  EXPECT_THAT(refused.Find(leaf[0], TakeAny), HasReason("CERT_UNTRUSTED"));
  EXPECT_EQ(refused.candidates(), PathSearch::kMaxCandidates);

  // Of other names they cost nothing, and the path is found behind them.
  CertificateChain strangers(5000, Issue(AuthorityNamed("Stranger"), nullptr).certificate);
  strangers.insert(strangers.end(), others.begin(), others.end());
  PathSearch found(anchors, strangers, {});
  EXPECT_OK(found.Find(leaf[0], TakeAny));
  EXPECT_EQ(found.candidates(), 5u);
}

TEST_F(PathSearchTest, AMeshOfAuthoritiesIsBounded) {
  // Every two certify each other: paths without end but for the bound.
  std::vector<Issued> names;
  names.reserve(6);
  for (int i = 0; i < 6; ++i) names.push_back(Issue(AuthorityNamed(absl::StrCat("Mesh ", i)), nullptr));
  CertificateChain mesh;
  for (size_t i = 0; i < names.size(); ++i) {
    for (const Issued& issuer : names) {
      IssueOptions options = AuthorityNamed(absl::StrCat("Mesh ", i));
      options.key = names[i].key;
      mesh.push_back(Issue(options, &issuer).certificate);
    }
  }
  PathSearchRules rules;
  rules.max_intermediates = 16;
  PathSearch search(anchors, mesh, rules);
  EXPECT_FALSE(search.Find(Issue(Server(), &names[0]).certificate, TakeAny).ok());
  EXPECT_LE(search.candidates(), PathSearch::kMaxCandidates);
}

}  // namespace
}  // namespace tamga::certs
