"""A softmax policy over a few actions, trained by GRPO (Rec-R1, arXiv 2503.24289) and DGPO (arXiv 2508.20324).

The reward of every action is known for every query that it learns from, so that rollouts are drawn from a table. Of
each query a group of actions is drawn from the policy as it was, ``old``, with rewards r and advantages

    A = (r - mean(r)) / (std(r) + 1e-6),

and the policy climbs the mean of min(rho A, clip(rho, 1 - c, 1 + c) A) with rho = pi(a) / old(a), as PPO does. A
teacher on failure takes A of those draws that failed, r < 0.1, down by beta log(old(a) / teacher(a)): reward where the
policy succeeds, imitation where it fails. DGPO takes the reward down, and has a critic for a baseline; in a group, that
would cancel where all draws fail alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from itemvec.core.arrays import Doubles, Ints

SPREAD = 1e-6  # added to the deviation of a group
FAILURE = 0.1  # a reward below it is a failure
FLAT = 1e-9  # deviation of a feature that is the same for all queries
SMOOTH = 0.1  # temperature of the teacher, a softmax of the rewards


@dataclass(frozen=True)
class Grpo:
    """How a policy is trained.

    Parameters
    ----------
    group
        Actions drawn for each query and step.
    clip
        How far a probability may move, relatively, before it moves no further on one draw; 0 moves nothing.
    steps, passes
        Draws, and steps of gradient ascent on each.
    learning_rate
        Of gradient ascent.
    kl
        Weight of the divergence from the policy before training, which holds it back.
    beta
        Weight of imitation where a draw failed; 0 without a teacher.
    """

    group: int = 12
    clip: float = 0.2
    steps: int = 200
    passes: int = 4
    learning_rate: float = 0.5
    kl: float = 0.001
    beta: float = 0.0

    def fit(self, features: Doubles, rewards: Doubles, rng: np.random.Generator) -> Doubles:
        """``train`` on features with mean 0 and deviation 1, the first of which is a constant 1.

        Returns weights for the features as they are given.
        """
        mean, spread = features.mean(axis=0), features.std(axis=0)
        mean[0], spread = 0.0, np.where(spread > FLAT, spread, 1.0)
        weights = self.train((features - mean) / spread, rewards, rng) / spread
        weights[:, 0] -= weights @ mean
        return weights

    def train(
        self, features: Doubles, rewards: Doubles, rng: np.random.Generator, start: Doubles | None = None
    ) -> Doubles:
        """Learn the weights of a policy, float64 of shape (n_actions, n_features).

        Parameters
        ----------
        features
            Of each query, float64 of shape (n_queries, n_features).
        rewards
            Of each action, float64 of shape (n_queries, n_actions), from 0 to 1.
        start
            Weights to begin with; by default 0, the uniform policy.
        """
        n_queries, n_actions = rewards.shape
        weights = np.zeros((n_actions, features.shape[1])) if start is None else start
        rows = np.arange(n_queries)[:, None]
        before, taught = probabilities(weights, features), teacher(rewards)
        for _ in range(self.steps):
            old = probabilities(weights, features)
            drawn = (rng.random((n_queries, self.group, 1)) > old.cumsum(axis=1)[:, None, :-1]).sum(axis=2)
            found = rewards[rows, drawn]
            advantage = advantages(found)
            if self.beta:
                advantage = advantage - self.beta * imitation(found, old[rows, drawn], taught[rows, drawn])
            for _ in range(self.passes):
                now = probabilities(weights, features)
                climb = surrogate(now, old, drawn, advantage, self.clip) - self.kl * divergence(now, before)
                weights = weights + self.learning_rate * climb.T @ features / n_queries
        return weights


def probabilities(weights: Doubles, features: Doubles) -> Doubles:
    """The policy: softmax of weights @ features, float64 of shape (n_queries, n_actions)."""
    logits = features @ weights.T
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    found: Doubles = shares / shares.sum(axis=1, keepdims=True)
    return found


def advantages(rewards: Doubles) -> Doubles:
    """Rewards of groups, float64 of shape (n_queries, group), relative to their group; each group sums to 0."""
    spread = rewards.std(axis=1, ddof=1, keepdims=True)
    found: Doubles = (rewards - rewards.mean(axis=1, keepdims=True)) / (spread + SPREAD)
    return found


def surrogate(now: Doubles, old: Doubles, drawn: Ints, advantage: Doubles, clip: float) -> Doubles:
    """Gradient of the clipped objective in the logits, float64 of shape (n_queries, n_actions).

    Parameters
    ----------
    now, old
        The policy, and that from which was drawn, float64 of shape (n_queries, n_actions).
    drawn
        Actions, int64 of shape (n_queries, group).
    """
    rows = np.arange(len(now))[:, None]
    ratio = now[rows, drawn] / old[rows, drawn]
    moves = np.where(advantage > 0, ratio < 1 + clip, ratio > 1 - clip)  # else the clipped side counts: no gradient
    push = np.where(moves, ratio * advantage, 0.0) / drawn.shape[1]
    gradient: Doubles = -push.sum(axis=1, keepdims=True) * now
    np.add.at(gradient, (rows, drawn), push)
    return gradient


def divergence(now: Doubles, before: Doubles) -> Doubles:
    """Gradient of KL(now, before) in the logits of ``now``, float64 of shape (n_queries, n_actions)."""
    apart = np.log(now / before)
    found: Doubles = now * (apart - (now * apart).sum(axis=1, keepdims=True))
    return found


def failed(rewards: Doubles) -> NDArray[np.bool_]:
    """Whether each draw is a failure."""
    return rewards < FAILURE


def imitation(rewards: Doubles, student: Doubles, taught: Doubles) -> Doubles:
    """The log of student / teacher for draws that failed, and 0 for others; all are of one shape."""
    return np.where(failed(rewards), np.log(student / taught), 0.0)


def teacher(rewards: Doubles) -> Doubles:
    """The best action of each query, smoothed: a softmax of rewards, float64 of shape (n_queries, n_actions)."""
    return probabilities(np.eye(rewards.shape[1]) / SMOOTH, rewards)
