"""Operations on a topology; one that would break the partition is refused whole."""
